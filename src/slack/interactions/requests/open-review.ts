import { impact } from '../../../domain/execution/impact.ts';
import { cappedAt } from '../../../domain/run/desired-limit.ts';
import { afterLimit, afterRequested, nextAfterRequested } from '../../../domain/run/limit-ends.ts';
import { type Opened, openReview } from '../../../workflow/commands/open-review.ts';
import type { ReviewDeps } from '../../../workflow/commands/review-request.ts';
import { AwsFault } from '../../../workflow/faults.ts';
import { type MeasuredRates, speedUnderLimit } from '../../../workflow/queries/measured-rates.ts';
import type { SlackClients } from '../../connection/clients.ts';
import type { Background } from '../../context/background.ts';
import type { Caller, Click } from '../../context/interaction.ts';
import type { CardRefresher } from '../../posting/card-copies.ts';
import { replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import { openThenFill } from '../../replies/modal-updates.ts';
import { withNameablePeople } from '../../replies/refusal-replies.ts';
import { openRequestSeal, type SealDeps, sealModal } from '../../seals/sealed-ids.ts';
import { cappedNote } from '../../views/cards/capped-words.ts';
import { loadingModal, noticeModal } from '../../views/modals/notices.ts';
import { reviewModal } from '../../views/modals/review-modal.ts';
import { decidedWords } from '../../wording/decision-words.ts';
import { faultName } from '../../wording/fault-words.ts';

interface Deps extends ReviewDeps, SealDeps, Background {
  clients: SlackClients;
  rates: MeasuredRates;
  notifier: CardRefresher;
}

const TITLE = 'Review';

/** `Review` on a card: the facts read afresh, or why not. */
export async function openReviewModal(deps: Deps, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(deps, click.value);
  if (!id) return replyInvalidButton(caller);
  const frame = {
    loading: loadingModal(TITLE, 'Asking AWS how the transfer stands now…'),
    title: TITLE,
    doing: 'deciding',
  } as const;
  await openThenFill(deps, caller, frame, async () => {
    const opened = await openReview(deps, { request: id, user: caller.user, op: caller.op });
    if (opened.kind === 'open') return modalOf(deps, caller, opened);
    return noticeModal(TITLE, decidedWords(await withNameablePeople(deps, opened)).text);
  });
  // The decision is on record, even if its message can’t be edited.
  if (click.message) deps.background(deps.notifier.refreshCopy(id, click.message));
}

function modalOf(deps: Deps, { user, log }: Caller, opened: Extract<Opened, { kind: 'open' }>) {
  const { request, rule, needed, exceeds, several, execution, run } = opened;
  const metadata = sealModal(deps, { u: user, c: request.channel, r: request.id });
  const now = deps.clock.now();
  const next = nextAfterRequested(request, run, now);
  const capped = cappedNote(request, run, now);
  const facts = { metadata, request, rule, needed, exceeds, next, capped, several, now };
  if (execution instanceof AwsFault) {
    log.warn({ err: execution }, 'a review without what AWS says');
    return reviewModal({ ...facts, observed: null, problem: faultName(execution) });
  }
  const { from, to } = request;
  return reviewModal({
    ...facts,
    observed: {
      execution,
      impact: impact(
        execution,
        from,
        cappedAt(run, to, now).rate,
        speedUnderLimit(deps.rates, execution, run !== null),
        {
          before: afterLimit(run, now),
          after: afterRequested(request, run, now),
        },
      ),
    },
    problem: null,
  });
}
