import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { impact } from '../../../domain/execution/impact.ts';
import { isBeyondChange, isUpdatable, type TaskExecution } from '../../../domain/execution/task-execution.ts';
import type { Rule } from '../../../domain/policy/policy.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import type { ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import type { Exceeded } from '../../../domain/run/exceeded.ts';
import type { NextLimit } from '../../../domain/run/limit-ends.ts';
import { count } from '../../../domain/text/count.ts';
import { changeWords, extensionNote } from '../cards/limit-status-words.ts';
import { exceedsNote, nextNote, SEVERAL_POLICIES } from '../text/approval-words.ts';
import { context, factSection, plain, quotedSection, section } from '../text/blocks.ts';
import {
  etaWords,
  executionFact,
  limitNote,
  modeName,
  modeWarning,
  progressBar,
  shortName,
} from '../text/execution-words.ts';
import { clip, code, dateToken, escapeText, LIMITS, listed, mentionUser } from '../text/text.ts';

export const REVIEW_MODAL = 'review';
export const REVIEW_FIELDS = {
  decision: { block: 'decision', action: 'decision' },
  comment: { block: 'comment', action: 'comment' },
} as const;

const MAX_COMMENT_LENGTH = 1000;
const MAX_NAMED = 20;

export interface ReviewFacts {
  metadata: string;
  request: ThrottleRequest;
  rule: Rule;
  /** The number of approvals needed in total by the rule that applies now. */
  needed: number;
  /** The lower limit that it exceeds later, if it does not raise the limit at once. */
  exceeds: Exceeded | null;
  /** The limit that applies after it, if it has an end and that is known. */
  next: NextLimit | null;
  /** The bots run more than one policy at the moment. */
  several: boolean;
  /** Null if AWS did not answer. Then `problem` says why (mrkdwn), and the request can only be denied. */
  /** That a link keeps the limit lower for now; mrkdwn. Null or absent: none does. */
  capped?: string | null;
  observed: { execution: TaskExecution; impact: ReturnType<typeof impact> } | null;
  problem: string | null;
  now: Date;
}

/** Everything that an approver should know, read when the modal opens, and the decision. */
export function reviewModal(facts: ReviewFacts): ModalView {
  const { request, observed } = facts;
  const from = observed?.execution.bytesPerSecond ?? request.from;
  const blocks: KnownBlock[] = [
    section(
      `*${shortName({ taskName: request.taskName, arn: request.execution })}: ${request.extends ? changeWords(request) : `${formatRate(from)} → ${formatRate(request.to)}`}*`,
    ),
    ...warnings(facts).map((warning) => section(warning)),
    factSection(reviewFacts(facts)),
    ...(facts.capped ? [section(facts.capped)] : []),
    ...(facts.exceeds ? [section(exceedsNote(facts.exceeds))] : []),
    ...(request.reason ? [quotedSection('Reason', request.reason)] : []),
    context(
      [
        request.extends ? extensionNote(request.extends) : limitNote(request, 'does', facts.now),
        ...(facts.next ? [nextNote(facts.next)] : []),
        ...(facts.several ? [SEVERAL_POLICIES] : []),
      ].join('\n'),
    ),
    decisionInput(observed !== null),
    commentInput(),
  ];
  return {
    type: 'modal',
    callback_id: REVIEW_MODAL,
    private_metadata: facts.metadata,
    title: plain('Review the limit', LIMITS.modalTitle),
    submit: plain('Decide', LIMITS.modalTitle),
    close: plain('Not now', LIMITS.modalTitle),
    blocks,
  };
}

function reviewFacts({ request, rule, needed, observed }: ReviewFacts): (readonly [string, string])[] {
  const { approvals } = request;
  const left = Math.max(0, needed - approvals.length);
  const users = approvals.slice(0, MAX_NAMED).map(({ by }) => mentionUser(by.user));
  const agreed = approvals.length === 0 ? 'nobody yet' : listed(users);
  return [
    ['Execution', executionFact(request)],
    ['Asked by', `${mentionUser(request.requester.user)}, ${dateToken(request.requestedAt)}`],
    ...(observed ? observedFacts(observed) : [['Status', 'AWS could not say'] as const]),
    [
      'Approved by',
      `${agreed}\n${left === 0 ? 'as many as the policy asks for now: approve to set it' : `${count(left, 'approval')} still needed`}`,
    ],
    ['Rule', `${escapeText(rule.name)}\nopen until ${dateToken(request.expiresAt)}`],
  ];
}

function observedFacts({ execution, impact }: NonNullable<ReviewFacts['observed']>): [string, string][] {
  return [
    ['Status', `${escapeText(clip(execution.status, 40))}, ${dateToken(execution.lookedAt)}`],
    ['Mode', modeName(execution.mode)],
    ['Progress', progressBar(execution)],
    ['Time left at the old limit', etaWords(impact.before)],
    ['Time left at the new limit', etaWords(impact.after)],
  ];
}

function warnings({ request, observed, problem }: ReviewFacts): string[] {
  if (!observed) {
    return [
      `:warning: AWS could not say how the transfer stands now (${problem}). You can deny; nobody approves unseen: open this again when AWS answers.`,
    ];
  }
  const { execution } = observed;
  const mode = modeWarning(execution.mode);
  return [
    ...(isUpdatable(execution.status)
      ? []
      : [
          isBeyondChange(execution.status)
            ? `:warning: AWS takes no change of this run any more (${escapeText(clip(execution.status, 40))}). An approval ends the request as out of date.`
            : `:warning: The execution is in the status ${code(clip(execution.status, 40))}, in which its limit can’t be changed now. Once approved, the limit is set when the execution is queued or running, if the request has not expired by then.`,
        ]),
    ...(execution.bytesPerSecond === request.from
      ? []
      : [
          `:warning: Asked on a limit of ${formatRate(request.from)}; in force now is ${formatRate(execution.bytesPerSecond)}. An approval ends the request as out of date, and it has to be asked again.`,
        ]),
    ...(mode ? [mode] : []),
  ];
}

function decisionInput(approvable: boolean): InputBlock {
  const { block, action } = REVIEW_FIELDS.decision;
  return {
    type: 'input',
    block_id: block,
    label: plain('Decision'),
    element: {
      type: 'radio_buttons',
      action_id: action,
      options: [
        ...(approvable ? [{ text: plain('Approve'), value: 'approve' }] : []),
        { text: plain('Deny'), value: 'deny' },
      ],
    },
  };
}

function commentInput(): InputBlock {
  const { block, action } = REVIEW_FIELDS.comment;
  return {
    type: 'input',
    block_id: block,
    optional: true,
    label: plain('Comment'),
    hint: plain('Needed for a denial. The whole channel will see it.'),
    element: { type: 'plain_text_input', action_id: action, multiline: true, max_length: MAX_COMMENT_LENGTH },
  };
}
