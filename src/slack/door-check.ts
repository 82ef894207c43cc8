import { admitPerson } from '../workflow/admit-person.ts';
import { refuseViewing } from '../workflow/may-view.ts';
import type { Bot, Caller } from './bot.ts';
import { notViewedWords, OUTSIDER } from './words-access.ts';

/** What the door asks of whoever comes, before any handler runs. */
export interface DoorCheck {
  /** What the record calls it, such as `command list`. */
  what: string;
  /** Only for the policy's `viewers`. */
  viewers: boolean;
}

/**
 * Who may come in at all. Null: this person may go on; otherwise what to tell them, and nothing else. The attempt is on record.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function checkAtDoor(
  bot: Pick<Bot, 'ledger' | 'people' | 'policy'>,
  { user, channel, op, about }: Pick<Caller, 'user' | 'channel' | 'op' | 'about'>,
  { what, viewers }: DoorCheck,
): Promise<string | null> {
  if (!(await admitPerson(bot, { user, channel, op, what, about }))) return OUTSIDER;
  const not = viewers ? await refuseViewing(bot, { user, channel, op, what, about }) : null;
  return not && notViewedWords(not);
}
