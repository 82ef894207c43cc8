export type Postable =
  | 'yes'
  /** Yes, and people of other organizations are in it, or are invited (Slack Connect). */
  | 'shared'
  | 'not-a-member'
  | 'archived'
  | 'not-found'
  /** A conversation of some people, where nobody else would see it. */
  | 'direct'
  /** Not until the app is granted this scope. */
  | { missingScope: string }
  | 'unknown';

export interface Channels {
  /** Can the bot post there? */
  postable(channel: string): Promise<Postable>;
  /** Whether not every full member can see it; minutes old at most. True where Slack can't say. */
  isPrivate(channel: string): Promise<boolean>;
}
