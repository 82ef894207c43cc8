import { admitPerson } from '../workflow/admit-person.ts';
import { refuseViewing } from '../workflow/may-view.ts';
import { attemptKey } from '../workflow/refused-attempt.ts';
import type { Bot, Caller } from './bot.ts';
import { notViewedWords, OUTSIDER } from './words-access.ts';

/** What the door asks of whoever comes, before any handler runs. */
export interface DoorCheck {
  /** What the record calls it, such as `command list`. */
  what: string;
  /** Only for the policy's `viewers`. */
  viewers: boolean;
}

/** Clicks are not limited otherwise, and each button can be pressed again and again. */
const CLICK = /^action /;

/**
 * Who may come in at all. Null: this person may go on; otherwise what to tell them, and nothing else. The attempt is on record.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function checkAtDoor(
  bot: Pick<Bot, 'ledger' | 'people' | 'policy' | 'clock'>,
  { user, channel, op: own, about }: Pick<Caller, 'user' | 'channel' | 'op' | 'about'>,
  { what, viewers }: DoorCheck,
): Promise<string | null> {
  const refusedAs = (why: string) =>
    CLICK.test(what) ? attemptKey({ user, what, request: about.request, why, at: bot.clock.now() }) : own;
  if (!(await admitPerson(bot, { user, channel, op: refusedAs('member'), what, about }))) return OUTSIDER;
  const not = viewers ? await refuseViewing(bot, { user, channel, op: refusedAs('viewer'), what, about }) : null;
  return not && notViewedWords(not);
}
