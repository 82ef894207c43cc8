import { impact } from '../../domain/impact.ts';
import { afterAsked, afterLimit } from '../../domain/limit-ends.ts';
import { AwsFault } from '../../workflow/faults.ts';
import { speedUnderLimit } from '../../workflow/measured-rates.ts';
import { type Opened, openReview } from '../../workflow/open-review.ts';
import { type Bot, type Caller, type Click, openRequestSeal, sealModal } from '../bot.ts';
import { openThenFill } from '../error-replies.ts';
import { faultName } from '../fault-words.ts';
import { replyInvalidButton } from '../invalid-seal-replies.ts';
import { named } from '../refusal-replies.ts';
import { loadingModal, noticeModal } from '../views/notices.ts';
import { reviewModal } from '../views/review-modal.ts';
import { decidedWords } from './submit-review.ts';

const TITLE = 'Review';

/** `Review` on a card: the facts read afresh, or why not. */
export async function openReviewModal(bot: Bot, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(bot, click.value);
  if (!id) return replyInvalidButton(caller);
  const frame = {
    loading: loadingModal(TITLE, 'Asking AWS how the transfer stands now…'),
    title: TITLE,
    doing: 'deciding',
  } as const;
  await openThenFill(bot, caller, frame, async () => {
    const opened = await openReview(bot, { request: id, user: caller.user, op: caller.op });
    if (opened.kind === 'open') return modalOf(bot, caller, opened);
    return noticeModal(TITLE, decidedWords(await named(bot, opened)).text);
  });
  // What was decided stands, whatever comes of its message.
  if (click.message) bot.background(bot.notifier.refreshCopy(id, click.message));
}

function modalOf(bot: Bot, { user, log }: Caller, opened: Extract<Opened, { kind: 'open' }>) {
  const { request, rule, needed, takeover, several, execution, running } = opened;
  const metadata = sealModal(bot, { u: user, c: request.channel, r: request.id });
  const facts = { ...{ metadata, request, rule, needed, takeover, several }, now: bot.clock.now() };
  if (execution instanceof AwsFault) {
    log.warn({ err: execution }, 'a review without what AWS says');
    return reviewModal({ ...facts, seen: null, problem: faultName(execution) });
  }
  const { from, to } = request;
  return reviewModal({
    ...facts,
    seen: {
      execution,
      impact: impact(execution, from, to, speedUnderLimit(bot.rates, execution, running !== null), {
        before: afterLimit(running, facts.now),
        after: afterAsked(request, running, facts.now),
      }),
    },
    problem: null,
  });
}
