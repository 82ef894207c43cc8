import { attemptKey } from '../../workflow/commands/attempt-key.ts';
import { type AdmitDeps, admitPerson } from '../../workflow/people/admit-person.ts';
import { refuseViewing, type ViewDeps } from '../../workflow/people/may-view.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import { type CountDeps, countUse } from '../../workflow/use-limits/count-use.ts';
import type { Background } from '../context/background.ts';
import type { Caller } from '../context/interaction.ts';
import { notViewedWords, OUTSIDER } from '../wording/access-words.ts';
import { overUseWords } from '../wording/usage-limit-words.ts';

type AccessCheckDeps = AdmitDeps & ViewDeps & CountDeps & Background & { clock: Clock };

/** What is checked before a handler runs. */
export interface AccessCheck {
  /** Its name in audit records, such as `command list`. */
  what: string;
  /** Only for the policy's `viewers`. */
  viewers: boolean;
  /** Null: it does not count against the policy's limits. `use` is the same for a repeat. */
  counts?: { use: string; channel: string | null } | null;
}

/** Why somebody may not go on. `passing`: they can try the same again in a moment. */
interface AccessRefusal {
  text: string;
  passing: boolean;
}

/** Clicks have no other limit, and a button can be pressed again and again: the same refusal is recorded once in a while. */
const CLICK = /^action /;

/**
 * Whether somebody may use the app at all. Null: they may; otherwise the only thing that they are told. The attempt is recorded.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function checkAccess(
  deps: AccessCheckDeps,
  { user, channel, op: own, about }: Caller,
  { what, viewers, counts = null }: AccessCheck,
): Promise<AccessRefusal | null> {
  const counted = counts && (await countUse(deps, { user, what, ...counts }));
  if (counted) {
    // Not awaited: the answer comes first.
    if (counted.record) deps.background(counted.record());
    const passing = counted.person.kind === 'member';
    return { text: passing ? overUseWords(counted.over) : OUTSIDER, passing };
  }
  const refusedAs = (why: string) =>
    CLICK.test(what) ? attemptKey({ user, what, request: about.request, why, at: deps.clock.now() }) : own;
  if (!(await admitPerson(deps, { user, channel, op: refusedAs('member'), what, about }))) {
    return { text: OUTSIDER, passing: false };
  }
  const not = viewers ? await refuseViewing(deps, { user, channel, op: refusedAs('viewer'), what, about }) : null;
  return not && { text: notViewedWords(not), passing: false };
}
