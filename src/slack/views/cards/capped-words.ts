import { formatRate } from '../../../domain/rate/rate.ts';
import type { ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import { cappedAt, desiredLimit, requestOfLimit } from '../../../domain/run/desired-limit.ts';
import { type NextLimit, nextAfterRequested, nextLimit } from '../../../domain/run/limit-ends.ts';
import type { Run } from '../../../domain/run/run.ts';
import { code, dateToken } from '../text/text.ts';

/** That the link of the execution keeps the limit of a request lower for now; null: it does not. */
export function cappedWords({ id, to }: ThrottleRequest, run: Run | null, now: Date | null): string | null {
  if (run === null || now === null || requestOfLimit(desiredLimit(run, { now })) !== id) return null;
  return words(to, { run, now, next: nextLimit(run, now), own: id });
}

/** The same of a limit that is requested. */
export function cappedNote(
  request: Parameters<typeof nextAfterRequested>[0],
  run: Run | null,
  now: Date,
): string | null {
  if (run === null) return null;
  return words(request.to, { run, now, next: nextAfterRequested(request, run, now), own: '' });
}

/** `own`: the request in `next` where that is the same limit, when the link allows more of it. */
function words(
  to: number,
  { run, now, next, own }: { run: Run; now: Date; next: NextLimit | null; own: string },
): string | null {
  const { rate, link } = cappedAt(run, to, now);
  if (link === null) return null;
  const until = next?.request === own ? ` until ${dateToken(next.at)}, then ${formatRate(next.rate)}` : '';
  return `Link ${code(link)} allows ${formatRate(rate)} instead of ${formatRate(to)}${until}.`;
}
