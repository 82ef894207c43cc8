import { isActive, type TaskExecution } from '../../../domain/execution/task-execution.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import type { ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import type { GrantEnd } from '../../../domain/run/grant/timed-grant.ts';
import { coverOf } from '../../../domain/run/limit-ends.ts';
import type { Run } from '../../../domain/run/run.ts';
import type { RecordRef } from '../../../workflow/ports/commit.ts';
import { shortName } from '../text/execution-words.ts';
import { dateToken } from '../text/text.ts';
import { appliesAgainSince, coveredWords, ENDED_OUTSIDE, extendedUntil, hasEndedOutside } from './covered-words.ts';
import { extendedWords, limitStatusWords } from './limit-status-words.ts';
import { type ResultView, resultMessage, resultView } from './result.ts';

export interface LimitFacts {
  request: ThrottleRequest;
  /**
   * The request that set the limit of the execution; null: none, because the execution has ended; absent: not looked
   * up.
   */
  limitSetBy?: string | null;
  /** That request, if it is not this one. */
  running?: ThrottleRequest | null;
  /** Null: not looked up. */
  run?: Run | null;
  now: Date;
  /** Null: AWS did not answer. */
  execution?: TaskExecution | null;
}

/** Why a posted result is out of date. `key` names the cause, so that the result is edited once for it. */
export type Outdated =
  | { kind: 'ended'; key: string; end: GrantEnd }
  | { kind: 'covered'; key: string; by: string; again: string | null }
  | { kind: 'run-over'; key: string }
  | { kind: 'drift'; key: string; rate: number; at: string }
  /** Somebody changed it outside the bot while a newer limit applied. */
  | { kind: 'outside'; key: string }
  /** A newer limit is over, so that it applies again. */
  | { kind: 'again'; key: string };

/** Null: the result is still correct. */
export function outdatedOf({ request, limitSetBy, run = null, now, execution = null }: LimitFacts): Outdated | null {
  const { status, hold, drift } = request;
  if (status !== 'applied') return null;
  if (drift && (!hold?.end || hold.end.why === 'changed')) {
    return { kind: 'drift', key: `drift ${drift.at}`, rate: drift.rate, at: drift.at };
  }
  if (hold?.end) return { kind: 'ended', key: 'ended', end: hold.end };
  if (limitSetBy === null || (execution && !isActive(execution.status))) return { kind: 'run-over', key: 'run over' };
  if (run && hasEndedOutside(request, run)) return { kind: 'outside', key: 'ended outside' };
  const cover = coverOf(run, request.id, now);
  if (cover) return { kind: 'covered', key: `covered ${cover.by} ${cover.again ?? ''}`, ...cover };
  const since = appliesAgainSince(request, run);
  return since === null ? null : { kind: 'again', key: `again ${since}` };
}

interface Words {
  emoji: string;
  headline: string;
  sentence: string;
}

/** The edited result once the limit is over, without buttons. */
export function outdatedResult(
  facts: LimitFacts & { record: RecordRef; seal: (id: string) => string },
  over: Outdated,
): ResultView | null {
  const { request } = facts;
  if (over.kind === 'again') return resultMessage(facts);
  const { emoji, headline, sentence } = wordsOf(facts, over);
  const was = `${formatRate(request.to)} was set${request.ending ? ` ${dateToken(request.ending.at)}` : ''}.`;
  return resultView(facts, { emoji, headline, sentence: `${sentence} ${was}`, broadcast: true });
}

/** The result to post. If posting took so long that the limit is over by now, the result says so. */
export function currentResult(
  facts: Pick<LimitFacts, 'request' | 'run' | 'now'> & { record: RecordRef; seal: (id: string) => string },
) {
  const over = outdatedOf(facts);
  return over ? outdatedResult(facts, over) : resultMessage(facts);
}

function wordsOf({ request, running = null }: LimitFacts, over: Exclude<Outdated, { kind: 'again' }>): Words {
  const name = shortName({ taskName: request.taskName, arn: request.execution });
  const limit = formatRate(request.to);
  switch (over.kind) {
    case 'ended': {
      const { hold } = request;
      if (!hold) throw new Error(`${request.id}: an end without a hold`);
      const { emoji, sentence } = limitStatusWords({ hold, to: request.to });
      return { emoji, headline: endHeadline(name, limit, request, over.end), sentence };
    }
    case 'covered': {
      const until = extendedUntil(request, running);
      if (until) return { ...extendedWords(over.by, until), headline: `Extended: ${name} stays at ${limit}` };
      const { emoji, sentence } = coveredWords(over, request.hold?.dueAt ?? null);
      return { emoji, headline: `Covered by a newer limit: ${name}, ${limit}`, sentence };
    }
    case 'outside':
      return { ...ENDED_OUTSIDE, headline: `${ENDED_OUTSIDE.state} (console or CLI): ${name}, no longer ${limit}` };
    case 'run-over':
      return {
        emoji: 'checkered_flag',
        headline: `Execution ended: ${name}`,
        sentence: `The limit of ${limit} ended with it.`,
      };
    case 'drift':
      return {
        emoji: 'warning',
        headline: `Limit changed outside the bot (console or CLI): ${name} → ${formatRate(over.rate)}`,
        sentence: `Seen ${dateToken(over.at)}.`,
      };
  }
}

function endHeadline(name: string, limit: string, { hold }: ThrottleRequest, end: GrantEnd): string {
  const base = formatRate(hold?.base ?? -1);
  switch (end.how) {
    case 'reverted':
      return `Reverted: ${name} → ${base}`;
    case 'failed':
      return end.why === 'unseen'
        ? `Revert sent, result unknown: ${name}, ${limit} or ${base}`
        : `Revert failed: ${name} is still limited to ${limit}`;
    case 'skipped':
      if (end.why === 'ended') return `Execution ended: ${name}`;
      if (end.extendedUntil) return `Extended: ${name} stays at ${limit}`;
      if (end.why === 'replaced') return `Replaced: ${name}, ${limit}`;
      if (end.why === 'covered' || end.why === 'same-rate') return `Ended: ${name}, ${limit}`;
      return `Not reverted: the limit of ${name} was changed elsewhere`;
  }
}
