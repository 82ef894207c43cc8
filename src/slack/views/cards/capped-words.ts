import { formatRate } from '../../../domain/rate/rate.ts';
import type { ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import { desiredLimit, requestOfLimit } from '../../../domain/run/desired-limit.ts';
import { nextLimit } from '../../../domain/run/limit-ends.ts';
import type { Run } from '../../../domain/run/run.ts';
import { code, dateToken } from '../text/text.ts';

/** That the link of the execution keeps the limit of a request lower for now; null: it does not. */
export function cappedWords({ id, to }: ThrottleRequest, run: Run | null, now: Date | null): string | null {
  if (run === null || now === null) return null;
  const desired = desiredLimit(run, { now });
  if (desired.cause !== 'grant' || desired.link === null || requestOfLimit(desired) !== id) return null;
  const next = nextLimit(run, now);
  const until = next?.request === id ? ` until ${dateToken(next.at)}, then ${formatRate(next.rate)}` : '';
  return `Link ${code(desired.link)} allows ${formatRate(desired.rate)} instead of ${formatRate(to)}${until}.`;
}
