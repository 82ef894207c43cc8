import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Decided } from '../../workflow/commands/decide-on.ts';
import { refusalWords } from './refusal-words.ts';
import { REFUSED_BEFORE, type Words } from './reply-words.ts';

/** The outcome of a decision. */
export function decidedWords(decided: Decided): Words {
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

/** For a repeated click: what the first one decided. */
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

/** An extension that is not granted changes nothing: the limit ends as before. */
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
