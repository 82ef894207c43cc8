import type { World } from '../local-world.ts';
import { elementsOf } from '../slack/block-walk.ts';
import type { Act, ActAnswer, GuideStep, Seat } from './page-state.ts';

/** The first-run guide: each step is ticked by what happened, never by a click on the step. */
export interface Guide {
  /** Somebody has taken a seat on the page. */
  seen(seat: Seat): void;
  /** Somebody has done something on the page. */
  did(seat: Seat, act: Act, answer: ActAnswer): void;
  steps(): GuideStep[];
}

/** @param world judged from now on: what was there before counts for nothing */
export function createGuide({ slack, aws }: Pick<World, 'slack' | 'aws'>): Guide {
  const before = new Set(slack.messages().map(({ channel, ts }) => `${channel} ${ts}`));
  const callsBefore = aws.calls.length;
  const done = new Set<GuideStep['id']>();
  let askers = new Set<string>();

  const newCard = () =>
    slack
      .messages()
      .some(
        ({ channel, ts, blocks }) =>
          !before.has(`${channel} ${ts}`) && elementsOf(blocks ?? []).some(({ element }) => element.type === 'button'),
      );
  const hasBent = () =>
    aws.calls.slice(callsBefore).some(({ operation, outcome, input }) => {
      if (operation !== 'UpdateTaskExecution' || outcome !== 'ok') return false;
      const run = aws.executions().find(({ arn }) => arn === input.TaskExecutionArn);
      return run !== undefined && run.bytesPerSecondInForce === run.bytesPerSecond;
    });

  return {
    seen: (seat) => {
      if (seat.role === 'lead' && done.has('ask') && !askers.has(seat.id)) done.add('switch');
    },
    did: (seat, act, answer) => {
      const good = answer.failure === null && answer.errors === null;
      if (act.do === 'command' || act.do === 'submit') askers = done.has('ask') ? askers : askers.add(seat.id);
      if (!good) return;
      if (act.do === 'submit' && seat.role === 'lead' && done.has('switch')) done.add('review');
      if (act.do === 'command' && /^\S+\s+audit\b/.test(act.typed)) done.add('audit');
    },
    steps: () => {
      if (askers.size > 0 && newCard()) done.add('ask');
      if (done.has('review') && hasBent()) done.add('bend');
      return (['ask', 'switch', 'review', 'bend', 'audit'] as const).map((id) => ({ id, done: done.has(id) }));
    },
  };
}
