/** Interactions that were acknowledged and are not finished yet; a bot adds an entry for each. */
export interface UnfinishedStore {
  begin(entry: string): Promise<void>;
  /** The bot that works on them is alive. Redis is called even if there are none. */
  renew(entries: readonly string[]): Promise<void>;
  end(entry: string): Promise<void>;
  /** Entries that were not renewed for so long. Each goes to one bot only, which must finish it within that time. */
  takeStale(staleMs: number, most: number): Promise<string[]>;
}
