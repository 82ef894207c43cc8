import { type Decided, reviewRequest } from '../../workflow/review-request.ts';
import { type Bot, type Caller, openModalSeal, type SubmitAnswer, type View } from '../bot.ts';
import { noticeModal } from '../views/notices.ts';
import { REVIEW_FIELDS } from '../views/review-modal.ts';
import { plainWords, type Words } from '../words.ts';
import { refusalWords } from '../words-refusal.ts';
import { valueKey } from './submit-request.ts';

const TITLE = 'Review';

/** The review modal comes back with a decision. */
export async function submitReview(bot: Bot, caller: Caller, view: View): Promise<SubmitAnswer | null> {
  const modal = openModalSeal(bot, view.metadata, caller.user);
  const decision = view.values.get(valueKey(REVIEW_FIELDS.decision));
  if (!modal?.r || (decision !== 'approve' && decision !== 'deny')) return null;
  const comment = view.values.get(valueKey(REVIEW_FIELDS.comment))?.trim() || null;
  const op = `${caller.op}:${decision}`;
  const decided = await reviewRequest(bot, { request: modal.r, user: caller.user, op, decision, comment });
  const words = decidedWords(decided);
  const later = { view: noticeModal(TITLE, words.text), text: words.text };
  if (words.field === 'comment') {
    const errors = { [REVIEW_FIELDS.comment.block]: plainWords(words) };
    return { now: { response_action: 'errors', errors }, later };
  }
  const done = decided.kind === 'repeated' || (decided.kind === 'decided' && decided.event !== 'apply.stale');
  return { now: done ? { response_action: 'clear' } : { response_action: 'update', view: later.view }, later };
}

/** What came of a decision. */
export function decidedWords(decided: Exclude<Decided, { kind: 'may' }> | Decided): Words {
  switch (decided.kind) {
    case 'refused':
      return refusalWords(decided.refusal);
    case 'repeated':
      return { text: 'Your decision is on record already: see the card.', field: null };
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
      return 'Denied. The limit stays as it is.';
    case 'cancelled':
      return 'Cancelled. The limit stays as it is.';
    case 'expired':
      return 'Its time was over before this, so the request has expired and nothing was sent to AWS. Whoever still wants it asks anew.';
    case 'apply.stale':
      return staleWords(request.ending?.why ?? null, request.extends !== null);
    default:
      return 'On record.';
  }
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
