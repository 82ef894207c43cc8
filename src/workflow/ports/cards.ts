/** Where a request's message stands in Slack. */
export interface Card {
  channel: string;
  ts: string;
  /** The result in its thread, once posted. */
  resultTs: string | null;
}

/** A message that was posted again, or found to stand there: another one of it may come to light. */
export interface Doubt {
  /** Names it among the messages of its request. */
  what: string;
  channel: string;
  thread: string | null;
  /** Where the one is that counts. */
  ts: string;
  /** The first try, and the last. */
  since: string;
  at: string;
}

export interface Cards {
  find(request: string): Promise<Card | null>;
  keep(request: string, card: Card): Promise<void>;
  /** Keeps the result alone: the card may have been posted anew meanwhile. */
  keepResult(request: string, ts: string): Promise<void>;
  /** Whether a word was said in the card's thread already; `kept` that it was. */
  said(request: string, word: string): Promise<boolean>;
  kept(request: string, word: string): Promise<void>;
  /** On record before a message is posted: since when it has been tried; null where this is the first try. */
  trying(request: string, what: string, now: Date): Promise<Date | null>;
  /** Where it stands is kept, or it is certain not to stand there. */
  tried(request: string, what: string): Promise<void>;
  doubt(request: string, doubt: Doubt): Promise<void>;
  doubts(request: string): Promise<Doubt[]>;
  /** It was looked for another one. */
  settled(request: string, what: string): Promise<void>;
  /** Slack said no to a message with this error once more: how often in a row, and for how long. */
  refused(request: string, error: string, now: Date): Promise<{ times: number; seconds: number }>;
  /** One writer of a card at a time, over all bots, and one of its result beside it. Null: another is at it. */
  lock(request: string, part?: CardPart): Promise<CardLock | null>;
}

export type CardPart = 'card' | 'result';

/** Called, it is given up. Until then it lasts, unless this process stands still. */
interface CardLock {
  (): Promise<void>;
  /**
   * Whether it lasts still: to be asked before each message.
   * @throws NotRecorded where Redis can't say
   */
  isHeld(): Promise<boolean>;
}
