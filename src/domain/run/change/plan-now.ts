import { changeTo, desiredLimit, withoutGrant } from '../desired-limit.ts';
import type { Run } from '../run.ts';
import type { PlannedChange } from './change-events.ts';

/** The change to what the limit should be now. */
export function planNow(plan: PlannedChange, run: Run | null, now: Date): PlannedChange {
  const rest = run && plan.request ? withoutGrant(run, plan.request.id) : run;
  // The first change that a link causes begins at the limit from before: that one is on record once the change is read back.
  const base = rest && plan.cause === 'link' ? { ...rest, baseline: rest.baseline ?? plan.from } : rest;
  const next = base && changeTo(desiredLimit(base, { now }));
  return next ? { ...plan, ...next } : plan;
}
