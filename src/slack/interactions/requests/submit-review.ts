import { mayPass } from '../../../domain/request/refusal.ts';
import { type ReviewDeps, reviewRequest } from '../../../workflow/commands/review-request.ts';
import { type Caller, type SubmitAnswer, type View, valueKey } from '../../context/interaction.ts';
import { invalidFormAnswer } from '../../replies/invalid-seal-replies.ts';
import { withNameablePeople } from '../../replies/refusal-replies.ts';
import { openModalSeal, type SealDeps } from '../../seals/sealed-ids.ts';
import { noticeModal } from '../../views/modals/notices.ts';
import { REVIEW_FIELDS } from '../../views/modals/review-modal.ts';
import { decidedWords } from '../../wording/decision-words.ts';
import { plainWords } from '../../wording/reply-words.ts';

type Deps = ReviewDeps & SealDeps;

const TITLE = 'Review';

const CHOOSE = 'Choose Approve or Deny: nothing is decided yet.';
const UNDECIDED: SubmitAnswer = {
  now: { response_action: 'errors', errors: { [REVIEW_FIELDS.decision.block]: CHOOSE } },
  later: { view: noticeModal(TITLE, CHOOSE), text: CHOOSE },
};

/** The review modal comes back with a decision. */
export async function submitReview(deps: Deps, caller: Caller, view: View): Promise<SubmitAnswer> {
  const modal = openModalSeal(deps, view.metadata, caller.user);
  const decision = decisionIn(view);
  if (!modal?.r) return invalidFormAnswer(caller, TITLE);
  if (decision !== 'approve' && decision !== 'deny') return UNDECIDED;
  const comment = view.values.get(valueKey(REVIEW_FIELDS.comment))?.trim() || null;
  const op = reviewOp(caller.op, view);
  const decided = await reviewRequest(deps, { request: modal.r, user: caller.user, op, decision, comment });
  const words = decidedWords(await withNameablePeople(deps, decided));
  const later = { view: noticeModal(TITLE, words.text), text: words.text };
  const plain = plainWords(words);
  if (words.field === 'comment' && plain !== null) {
    const errors = { [REVIEW_FIELDS.comment.block]: plain };
    return { now: { response_action: 'errors', errors }, later };
  }
  // Slack, or another bot, could not say just now: nothing is decided yet.
  if (decided.kind === 'refused' && mayPass(decided.refusal)) return { now: { response_action: 'keep' }, later };
  const event = decided.kind === 'repeated' || decided.kind === 'decided' ? decided.event : null;
  // Nothing came of it as it was meant: that is not to be missed.
  const done = event === 'approved' || event === 'denied';
  return { now: done ? { response_action: 'clear' } : { response_action: 'update', view: later.view }, later };
}

/** What it is recorded under. */
export function reviewOp(op: string, view: View): string {
  return `${op}:${decisionIn(view)}`;
}

function decisionIn(view: View): string | undefined {
  return view.values.get(valueKey(REVIEW_FIELDS.decision));
}
