import type { InputBlock, ModalView } from '@slack/types';
import type { Rule } from '../../../domain/policy/policy.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import type { ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import type { TimedGrant } from '../../../domain/run/grant/timed-grant.ts';
import { formatDuration } from '../../../domain/time/duration.ts';
import { context, plain, section } from '../text/blocks.ts';
import { shortName } from '../text/execution-words.ts';
import { dateToken, LIMITS } from '../text/text.ts';

export const EXTEND_MODAL = 'extend';
export const EXTEND_FIELDS = {
  duration: { block: 'duration', action: 'duration' },
  reason: { block: 'reason', action: 'reason' },
} as const;

const MAX_DURATION_LENGTH = 40;
const MAX_REASON_LENGTH = 500;

/** Asks for the extra time of a limit. `rule`: the one that applies now; null if there is none. */
export function extendModal(facts: {
  metadata: string;
  request: ThrottleRequest & { hold: TimedGrant };
  /** The rate that applies after it, as far as is known. */
  next: number;
  rule: Rule | null;
}): ModalView {
  const { request, next, rule } = facts;
  const name = shortName({ taskName: request.taskName, arn: request.execution });
  const due = dateToken(request.hold.dueAt);
  const most = rule?.maxDurationSeconds
    ? ` The policy allows ${formatDuration(rule.maxDurationSeconds)} in all, counted from ${dateToken(request.hold.since)}.`
    : '';
  return {
    type: 'modal',
    callback_id: EXTEND_MODAL,
    private_metadata: facts.metadata,
    title: plain('Ask for more time', LIMITS.modalTitle),
    submit: plain('Ask', LIMITS.modalTitle),
    close: plain('Close', LIMITS.modalTitle),
    blocks: [
      section(`*${name}* is limited to ${formatRate(request.to)} and reverts to ${formatRate(next)} ${due}.`),
      input('duration', 'How much longer', 'Such as 30m, 2h or 1d, added to the time above.', MAX_DURATION_LENGTH, {}),
      input('reason', 'Reason', 'Whoever decides will read it. Some rules ask for one.', MAX_REASON_LENGTH, {
        optional: true,
        multiline: true,
      }),
      context(
        `This is a request of its own: the policy decides who approves the added time.${most} Until it is approved, the limit reverts at the time above.`,
      ),
    ],
  };
}

function input(
  field: keyof typeof EXTEND_FIELDS,
  label: string,
  hint: string,
  longest: number,
  { optional = false, multiline = false }: { optional?: boolean; multiline?: boolean },
): InputBlock {
  const { block, action } = EXTEND_FIELDS[field];
  return {
    type: 'input',
    block_id: block,
    label: plain(label),
    hint: plain(hint),
    optional,
    element: { type: 'plain_text_input', action_id: action, max_length: longest, multiline },
  };
}
