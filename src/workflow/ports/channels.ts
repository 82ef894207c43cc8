export type Postable =
  | 'yes'
  /** Yes, but people of other organizations are members or invited (Slack Connect). */
  | 'shared'
  | 'not-a-member'
  | 'archived'
  | 'not-found'
  /** A direct message, where nobody else would see the request. */
  | 'direct'
  /** Not until the app has this scope. */
  | { missingScope: string }
  | 'unknown';

export interface Channels {
  /** Whether the bot can post there. */
  postable(channel: string): Promise<Postable>;
  /** Whether some full members can't see it; up to minutes old. True if Slack does not say. */
  isPrivate(channel: string): Promise<boolean>;
}
