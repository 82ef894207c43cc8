import { isOpen } from '../../domain/request/throttle-request.ts';
import type { RequestOutcome } from '../../workflow/commands/request-throttle.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { Identity } from '../connection/identify.ts';
import { exceedsNote } from '../views/text/approval-words.ts';
import { endWords } from '../views/text/execution-words.ts';
import { cannotPostWords, REFUSED_BEFORE, type Words } from '../wording/reply-words.ts';
import { type RefusalReplyDeps, refusalReply } from './refusal-replies.ts';

export type RequestOutcomeDeps = RefusalReplyDeps & { clock: Clock; identity: Identity };

const ASKED_BEFORE = 'This was asked already: see the channel.';

/**
 * The outcome of a request. A repeat is answered too, because the bot that should have answered the first time may have
 * stopped.
 */
export async function requestOutcomeWords(
  deps: RequestOutcomeDeps,
  user: string,
  asked: RequestOutcome,
): Promise<Words> {
  switch (asked.kind) {
    case 'asked': {
      const { id, status, approvalsNeeded, exceeds } = asked.request;
      const why = exceeds ? ` ${exceedsNote(exceeds)}` : '';
      const next =
        status === 'approved' || !isOpen(asked.request)
          ? asked.request.extends
            ? 'No approval is needed: the time is being lengthened.'
            : 'No approval is needed: it is being applied.'
          : `It needs ${approvalsNeeded === 1 ? 'one approval' : `${approvalsNeeded} approvals`}; nothing changes until then.${why}`;
      const end = `The limit: ${endWords(asked.request, deps.clock.now())}.`;
      return { text: `Asked, as \`${id}\`. ${next} ${end} The request is in the channel.`, field: null };
    }
    case 'refused':
      return refusalReply(deps, user, asked.refusal, asked.other);
    case 'cannot-post':
      return cannotPostWords(asked.why, deps.identity.botUser);
    case 'repeated':
      return { text: asked.request === null ? REFUSED_BEFORE : ASKED_BEFORE, field: null };
  }
}

/** A repeat of an attempt that was refused and recorded, so there is no request. */
export function isRefusedBefore(asked: RequestOutcome): boolean {
  return asked.kind === 'repeated' && asked.request === null;
}
