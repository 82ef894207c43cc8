import { setTimeout as sleep } from 'node:timers/promises';
import type { Bot, Caller, SubmitAnswer } from './bot.ts';
import { fillModal } from './door.ts';
import { loadingModal, noticeModal } from './views/notices.ts';
import type { Doing } from './words.ts';

/** A submit must be answered within 3 s: what takes longer goes on behind a "checking" view. */
const ANSWER_DUE_MS = 2400;

interface Submit {
  viewId: string;
  title: string;
  doing: Doing;
  ack: (response?: unknown) => Promise<void>;
}

/** Answers a submitted modal by what comes of the work, in time or in the modal later. */
export async function answerSubmit(
  bot: Bot,
  caller: Caller,
  { viewId, title, doing, ack }: Submit,
  work: () => Promise<SubmitAnswer | null>,
): Promise<void> {
  const working = work().then(
    (answer) => ({ answer }),
    (fault: unknown) => ({ fault }),
  );
  const soon = await Promise.race([working, sleep(ANSWER_DUE_MS, null, { ref: false })]);
  if (soon && 'answer' in soon) return ack(soon.answer?.now);
  await ack({ response_action: 'update', view: loadingModal(title, 'Checking… this takes longer than usual.') });
  await fillModal(bot, caller, { id: viewId, title, doing }, async () => {
    const done = await working;
    if ('fault' in done) throw done.fault;
    return done.answer?.later ?? noticeModal(title, 'Nothing was done.');
  });
}
