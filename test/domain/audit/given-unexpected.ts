import { doneEvent, startedEvent, undoneEvent } from '../../../src/domain/run/change/change-events.ts';
import { driftEvent } from '../../../src/domain/run/decide-drift.ts';
import { execution, MIB, ROLE } from '../given.ts';
import { ACCEPTED, BASE, begin, inForce, SET, type Teller } from './given-story.ts';

/** AWS shows a limit that was not expected. */
export function unexpected(): Teller[] {
  return [...changedElsewhere(), ...lateWrite(), ...ofLink()];
}

function changedElsewhere(): Teller[] {
  const drift = inForce('changed outside the bot');
  drift.add(90, driftEvent(drift.now(), drift.run(), execution({ bytesPerSecond: 3 * MIB }), 'd'));
  return [drift];
}

/** An earlier change of the bot took effect late: the limit is set again. No request tells of that. */
function lateWrite(): Teller[] {
  const story = begin('set again after a late write');
  const { execution: arn } = inForce('with a limit').now();
  const about = { execution: arn, cause: 'late-write', request: null, from: BASE, to: SET, role: ROLE } as const;
  const late = { ...about, grant: 'r-0123456789', policy: 'd' };
  const seen = execution({ bytesPerSecond: SET });
  story.add(90, startedEvent(late, 1));
  story.add(91, doneEvent(late, seen, { sent: ACCEPTED, attempt: 1, open: false }));
  const back = { ...late, grant: null };
  story.add(92, startedEvent(back, 1), undoneEvent(back, { why: 'other-rate', execution: seen, attempt: 1 }));
  return [story];
}

/** A link sets a limit, and its end brings the one from before. No request tells of that either. */
function ofLink(): Teller[] {
  const story = begin('limited by its link');
  const { execution: arn } = inForce('with a limit').now();
  const about = { execution: arn, cause: 'link', request: null, memberOf: 'dc1-wan', role: ROLE, policy: 'd' } as const;
  const window = { ...about, grant: null, link: 'dc1-wan', from: BASE, to: SET };
  story.add(90, startedEvent(window, 1));
  const seen = execution({ bytesPerSecond: SET });
  story.add(91, doneEvent(window, seen, { sent: ACCEPTED, attempt: 1, open: false }));
  const back = { ...about, grant: null, link: null, from: SET, to: BASE };
  story.add(92, startedEvent(back, 1));
  return [story];
}
