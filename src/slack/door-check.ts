import { admitPerson } from '../workflow/admit-person.ts';
import { attemptKey } from '../workflow/attempt-key.ts';
import { countUse } from '../workflow/count-use.ts';
import { refuseViewing } from '../workflow/may-view.ts';
import type { Bot, Caller } from './bot.ts';
import { notViewedWords, OUTSIDER } from './words-access.ts';
import { overUseWords } from './words-limits.ts';

/** What the door asks of whoever comes, before any handler runs. */
export interface DoorCheck {
  /** What the record calls it, such as `command list`. */
  what: string;
  /** Only for the policy's `viewers`. */
  viewers: boolean;
  /** What counts against the policy's limits, and where; null: it does not. `use` is the same for a repeat of it. */
  counts?: { use: string; channel: string | null } | null;
}

/** Why somebody may not go on. `passing`: in a moment they may, with the same. */
interface TurnedAway {
  text: string;
  passing: boolean;
}

/** Clicks are not limited otherwise, and each button can be pressed again and again. */
const CLICK = /^action /;

/**
 * Who may come in at all. Null: this person may go on; otherwise what to tell them, and nothing else. The attempt is on record.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function checkAtDoor(
  bot: Pick<Bot, 'ledger' | 'people' | 'policy' | 'uses' | 'background' | 'clock'>,
  { user, channel, op: own, about }: Pick<Caller, 'user' | 'channel' | 'op' | 'about'>,
  { what, viewers, counts = null }: DoorCheck,
): Promise<TurnedAway | null> {
  const counted = counts && (await countUse(bot, { user, what, ...counts }));
  if (counted) {
    // The answer comes first: whoever is over a limit waits for no record.
    if (counted.record) bot.background(counted.record());
    const passing = counted.person.kind === 'member';
    return { text: passing ? overUseWords(counted.over) : OUTSIDER, passing };
  }
  const refusedAs = (why: string) =>
    CLICK.test(what) ? attemptKey({ user, what, request: about.request, why, at: bot.clock.now() }) : own;
  if (!(await admitPerson(bot, { user, channel, op: refusedAs('member'), what, about }))) {
    return { text: OUTSIDER, passing: false };
  }
  const not = viewers ? await refuseViewing(bot, { user, channel, op: refusedAs('viewer'), what, about }) : null;
  return not && { text: notViewedWords(not), passing: false };
}
