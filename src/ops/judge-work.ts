import { fail, type Judged, MAX_NAMED, ok, seconds, warn } from './judged.ts';
import type { OldestWork, ProvenHealth } from './redis-health-check.ts';

const WORK_STILL_MS = 60_000;
const WORK_SLOW_MS = 15_000;

export function judgeWork(health: ProvenHealth | null, unreadable: readonly string[]): Judged {
  if (health === null) return warn('not known: Redis could not be looked at');
  const { aws, slack } = health.oldest;
  if (aws !== null && aws.ms >= WORK_STILL_MS) {
    return fail(
      `${waitsWords(aws)}: limits are not set or reverted. See the log for failing work; restart the bots if it goes on`,
    );
  }
  const warnings = [
    ...(isSlow(aws) ? [`${waitsWords(aws)}: limits are set and reverted late`] : []),
    // Slack's outages make no bot unready, and limits don't wait for Slack.
    ...(isSlow(slack) ? [`${waitsWords(slack)}: messages are not updated`] : []),
    ...(health.deadLetters > 0 ? [deadLetterWords(health.deadLetters)] : []),
    ...(unreadable.length === 0 ? [] : [unreadableWords(unreadable)]),
  ];
  return warnings.length === 0 ? ok('is taken at once') : warn(warnings.join('; '));
}

function isSlow(oldest: OldestWork | null): oldest is OldestWork {
  return oldest !== null && oldest.ms >= WORK_SLOW_MS;
}

function waitsWords({ effect, ms }: OldestWork): string {
  return `the oldest work${effect === null ? '' : ` (${effect})`} has waited for ${seconds(ms)} and no bot has it`;
}

/** One piece of bad work must not take all bots out of service, so these are a warning, however many there are. */
function deadLetterWords(count: number): string {
  const what = count === 1 ? '1 piece of work has failed' : `${count} pieces of work have failed`;
  return `${what} for good and will not be tried again: run the command work list, then work retry`;
}

function unreadableWords(requests: readonly string[]): string {
  const more = requests.length > MAX_NAMED ? ` and ${requests.length - MAX_NAMED} more` : '';
  return `stored requests can't be read here: ${requests.slice(0, MAX_NAMED).join(', ')}${more}. They are not decided, applied or reverted by this bot. If bots of a newer version run, update this one; else see the log`;
}
