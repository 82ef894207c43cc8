import type { World } from '../local-world.ts';
import { visibleText } from '../slack/block-walk.ts';
import type { SlackMessage } from '../slack/workspace.ts';
import type { GuideStep, Seat } from './page-state.ts';

/** The first-run guide: each step is ticked by what happened, never by a click on the step. */
export interface Guide {
  /** Somebody has taken a seat on the page. */
  seen(seat: Seat): void;
  steps(): GuideStep[];
}

/** What stands on a request's message, and above records that were looked up: the bot's own words. */
const APPROVALS = /^\*Approvals\*\n(\d+) of /m;
const ASKED_BY = /^\*Asked by\*\n(.*)$/m;
const RECORDS = /^\*[\d,]+ audit records? of /m;

/** @param world judged from now on: what was there before counts for nothing */
export function createGuide({ slack, aws }: Pick<World, 'slack' | 'aws'>): Guide {
  const keyOf = ({ channel, ts }: SlackMessage): string => `${channel} ${ts}`;
  const before = new Set([...slack.messages(), ...slack.ephemerals].map(keyOf));
  const callsBefore = aws.calls.length;
  const done = new Set<GuideStep['id']>();
  /** Leads whose seat was taken since a request is there. */
  const leads = new Set<string>();

  const newTexts = (messages: readonly SlackMessage[]): string[] =>
    messages.filter((message) => !before.has(keyOf(message))).map(visibleText);
  const hasBent = () =>
    aws.calls.slice(callsBefore).some(({ operation, outcome, input }) => {
      if (operation !== 'UpdateTaskExecution' || outcome !== 'ok') return false;
      const run = aws.executions().find(({ arn }) => arn === input.TaskExecutionArn);
      return run !== undefined && run.bytesPerSecondInForce === run.bytesPerSecond;
    });
  const look = (): void => {
    const users = slack.users();
    const cards = newTexts(slack.messages()).filter((text) => ASKED_BY.test(text));
    const askers = cards.map(
      (text) => users.find(({ name, realName }) => [name, realName].includes(ASKED_BY.exec(text)?.[1] ?? ''))?.id,
    );
    if (cards.length > 0) done.add('ask');
    if (askers.some((asker) => [...leads].some((lead) => lead !== asker))) done.add('switch');
    if (done.has('switch') && cards.some((text) => Number(APPROVALS.exec(text)?.[1]) > 0)) done.add('review');
    if (done.has('review') && hasBent()) done.add('bend');
    if (newTexts(slack.ephemerals).some((text) => RECORDS.test(text))) done.add('audit');
  };

  return {
    seen: ({ role, id }) => {
      look();
      if (role === 'lead' && done.has('ask')) leads.add(id);
    },
    steps: () => {
      look();
      return (['ask', 'switch', 'review', 'bend', 'audit'] as const).map((id) => ({ id, done: done.has(id) }));
    },
  };
}
