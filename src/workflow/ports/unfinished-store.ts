/** What was acknowledged to people and is not done yet, by entries that a bot made of it. */
export interface UnfinishedStore {
  begin(entry: string): Promise<void>;
  /** The bot that has them in hand lives. Asks Redis, be there none. */
  renew(entries: readonly string[]): Promise<void>;
  end(entry: string): Promise<void>;
  /** Those of which nothing was heard for so long: each is given to one bot alone, which is to end it within that time. */
  takeStale(staleMs: number, most: number): Promise<string[]>;
}
