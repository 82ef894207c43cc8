/** Where a request's message is in Slack. */
export interface Card {
  channel: string;
  ts: string;
  /** The result in its thread, once posted. */
  resultTs: string | null;
}

/** A message that was posted again, or found in Slack: there may be another copy of it. */
export interface PossibleDuplicate {
  /** Identifies it among the messages of its request. */
  what: string;
  channel: string;
  thread: string | null;
  /** The position of the copy that is kept. */
  ts: string;
  /** When it was first tried, and when last. */
  since: string;
  at: string;
}

export interface Cards {
  find(request: string): Promise<Card | null>;
  keep(request: string, card: Card): Promise<void>;
  /** Stores the result only: the card may have been posted again meanwhile. */
  keepResult(request: string, ts: string): Promise<void>;
  /** Whether a note was posted in the card's thread; `kept` stores that it was. */
  said(request: string, word: string): Promise<boolean>;
  kept(request: string, word: string): Promise<void>;
  /** Recorded before a message is posted. Returns since when it has been tried; null if this is the first try. */
  trying(request: string, what: string, now: Date): Promise<Date | null>;
  /** The message's position is stored, or it certainly was not posted. */
  tried(request: string, what: string): Promise<void>;
  doubt(request: string, doubt: PossibleDuplicate): Promise<void>;
  doubts(request: string): Promise<PossibleDuplicate[]>;
  /** The check for another copy is done. */
  settled(request: string, what: string): Promise<void>;
  /** Counts one more refusal of a message with this error; returns how many in a row, and over how long. */
  refused(request: string, error: string, now: Date): Promise<{ times: number; seconds: number }>;
  /** One writer of a card at a time, over all bots, and separately one of its result. Null: another one is writing. */
  lock(request: string, part?: CardPart): Promise<CardLock | null>;
}

export type CardPart = 'card' | 'result';

/** Releases the lock when called. Until then the lock lasts, unless this process stalls. */
interface CardLock {
  (): Promise<void>;
  /**
   * Whether it lasts still: to be asked before each message.
   * @throws NotRecorded where Redis can't say
   */
  isHeld(): Promise<boolean>;
}
