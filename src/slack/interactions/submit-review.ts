import { mayPass } from '../../domain/refusal.ts';
import type { ThrottleRequest } from '../../domain/throttle-request.ts';
import type { Decided } from '../../workflow/decide-on.ts';
import { reviewRequest } from '../../workflow/review-request.ts';
import { type Bot, type Caller, openModalSeal, type SubmitAnswer, type View } from '../bot.ts';
import { named } from '../named.ts';
import { tooOldForm } from '../too-old.ts';
import { noticeModal } from '../views/notices.ts';
import { REVIEW_FIELDS } from '../views/review-modal.ts';
import { plainWords, REFUSED_BEFORE, type Words } from '../words.ts';
import { refusalWords } from '../words-refusal.ts';
import { valueKey } from './submit-request.ts';

const TITLE = 'Review';

const CHOOSE = 'Choose Approve or Deny: nothing is decided yet.';
const UNDECIDED: SubmitAnswer = {
  now: { response_action: 'errors', errors: { [REVIEW_FIELDS.decision.block]: CHOOSE } },
  later: { view: noticeModal(TITLE, CHOOSE), text: CHOOSE },
};

/** The review modal comes back with a decision. */
export async function submitReview(bot: Bot, caller: Caller, view: View): Promise<SubmitAnswer> {
  const modal = openModalSeal(bot, view.metadata, caller.user);
  const decision = decisionIn(view);
  if (!modal?.r) return tooOldForm(caller, TITLE);
  if (decision !== 'approve' && decision !== 'deny') return UNDECIDED;
  const comment = view.values.get(valueKey(REVIEW_FIELDS.comment))?.trim() || null;
  const op = reviewOp(caller.op, view);
  const decided = await reviewRequest(bot, { request: modal.r, user: caller.user, op, decision, comment });
  const words = decidedWords(await named(bot, decided));
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

/** What came of a decision. */
export function decidedWords(decided: Exclude<Decided, { kind: 'may' }> | Decided): Words {
  switch (decided.kind) {
    case 'refused':
      return refusalWords(decided.refusal, { other: decided.other });
    case 'repeated':
      return { text: repeatedWords(decided.event), field: null };
    case 'may':
      return { text: 'There was nothing to decide.', field: null };
    case 'decided':
      return { text: eventWords(decided), field: null };
  }
}

function eventWords({ event, request }: Extract<Decided, { kind: 'decided' }>): string {
  switch (event) {
    case 'approved':
      return request.status === 'approved'
        ? request.extends
          ? 'Approved. The limit stays for longer; the result comes in the channel.'
          : 'Approved. The limit is being set now; the result comes in the channel.'
        : `Approved. ${request.approvalsNeeded - request.approvals.length} more to go; nothing changes until then.`;
    case 'denied':
      return `Denied. ${unchangedWords(request)}`;
    case 'cancelled':
      return `Cancelled. ${unchangedWords(request)}`;
    case 'expired':
      return 'Its time was over before this, so the request has expired and nothing was sent to AWS. Whoever still wants it asks anew.';
    case 'apply.stale':
      return staleWords(request.ending?.why ?? null, request.extends !== null);
    default:
      return 'On record.';
  }
}

/** What was decided before by the same click. */
function repeatedWords(event: string): string {
  switch (event) {
    case 'decision.refused':
      return REFUSED_BEFORE;
    case 'expired':
      return 'This came too late the first time: the request has expired, and nothing was sent to AWS. Whoever still wants it asks anew.';
    case 'apply.stale':
      return 'The request was out of date the first time, so it has ended and nothing was sent to AWS. The card shows why.';
    case 'approved':
      return 'Your approval is on record already: see the card.';
    case 'denied':
      return 'That you denied it is on record already: see the card.';
    default:
      return 'This is on record already: see the card.';
  }
}

/** More time that is not given changes nothing about the time that runs. */
function unchangedWords({ extends: more }: ThrottleRequest): string {
  return more
    ? 'No time is added: the time runs on, and the limit goes back when it is over.'
    : 'The limit stays as it is.';
}

function staleWords(why: string | null, extension: boolean): string {
  const what =
    why === 'rate'
      ? 'Somebody has changed the limit since this was asked'
      : why === 'status'
        ? 'The transfer can’t be changed any more'
        : why === 'timer'
          ? 'The time that this was to lengthen is over, or another request has taken its place'
          : 'The policy, or who may ask and agree, has changed since this was asked';
  const next = extension
    ? 'Whoever still wants the limit asks for it anew.'
    : 'Whoever still wants it can use *Ask again* on the card.';
  return `${what}, so the request has ended and nothing was sent to AWS. ${next}`;
}
