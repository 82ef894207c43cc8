import type { Log } from '../log.ts';
import { STILL_CHECKING } from './reply-words.ts';
import type { MessageView } from './views/text.ts';

/** Slack shows a failure after 3 s without a word. */
const WORD_DUE_MS = 2300;

/** A person who typed something hears a first word in time, whatever takes long behind it. */
export function firstWord(send: (message: MessageView | string) => Promise<void>, log: Log) {
  let said = false;
  const say = (message: MessageView | string) => {
    said = true;
    return send(message);
  };
  return {
    say,
    async due(work: Promise<void>, silent: boolean): Promise<void> {
      const waiting = setTimeout(() => {
        if (said || silent) return;
        send(STILL_CHECKING).catch((err: unknown) => log.warn({ err }, 'nobody heard that it takes longer'));
      }, WORD_DUE_MS);
      await work.finally(() => clearTimeout(waiting));
    },
  };
}

/** What comes of some work, or `otherwise` where it takes longer. */
export async function withTimeout<T>(work: Promise<T>, ms: number, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
