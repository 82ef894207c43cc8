import type { Log } from '../../logging/logger.ts';
import type { MessageView } from '../views/text/text.ts';
import { STILL_CHECKING } from '../wording/reply-words.ts';

/** Slack shows a failure after 3 s without an answer. */
const FIRST_REPLY_DUE_MS = 2300;

/** Sends a first answer in time if the work behind a command takes long. */
export function createTimelyReply(send: (message: MessageView | string) => Promise<void>, log: Log) {
  let said = false;
  const say = (message: MessageView | string) => {
    said = true;
    return send(message);
  };
  return {
    say,
    /** `silent`: no first answer is needed. */
    async during(work: Promise<void>, silent: boolean): Promise<void> {
      const waiting = setTimeout(() => {
        if (said || silent) return;
        send(STILL_CHECKING).catch((err: unknown) => log.warn({ err }, 'nobody heard that it takes longer'));
      }, FIRST_REPLY_DUE_MS);
      await work.finally(() => clearTimeout(waiting));
    },
  };
}

/** The result of some work, or `otherwise` if it takes longer than `ms`. */
export async function withTimeout<T>(work: Promise<T>, ms: number, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
