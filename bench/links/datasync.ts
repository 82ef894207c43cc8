import { UNLIMITED } from '../../src/domain/rate/rate.ts';

const LAG_SECONDS = 60;
const FAILING = 0.01;
/** An update that failed was carried out all the same in half of the cases. */
const CARRIED_OUT = 0.5;

/** The limit of one execution at AWS. Seconds, bytes per second. */
export interface LimitAtAws {
  /** -1 unlimited. */
  shown: number;
  /** What has an effect now. */
  effective: number;
  /** In the order in which they were set. */
  coming: { rate: number; at: number }[];
}

export function unlimitedAtAws(): LimitAtAws {
  return { shown: UNLIMITED, effective: Number.POSITIVE_INFINITY, coming: [] };
}

/** UpdateTaskExecution: shown at once, takes effect within a minute. 1 % of the calls fail. */
export function update(limit: LimitAtAws, rate: number, now: number, random: () => number): void {
  const isFailing = random() < FAILING;
  const isCarriedOut = !isFailing || random() < CARRIED_OUT;
  const lag = Math.round(LAG_SECONDS * random());
  if (!isCarriedOut) return;
  limit.shown = rate;
  limit.coming.push({ rate, at: Math.max(now + lag, limit.coming.at(-1)?.at ?? 0) });
}

/** Whether a DescribeTaskExecution is answered. */
export function isAnswered(random: () => number): boolean {
  return random() >= FAILING;
}

export function takeEffect(limit: LimitAtAws, now: number): void {
  while (limit.coming[0] && limit.coming[0].at <= now) {
    limit.effective = limit.coming.shift()?.rate ?? limit.effective;
  }
}
