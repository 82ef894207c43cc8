import { budgetOf, type Terms } from '../../src/domain/link/division/divide.ts';
import { sum } from '../../src/domain/link/division/fill.ts';
import { randomFrom, seedOf } from './random.ts';
import { Tally } from './tally.ts';
import { Tasks } from './tasks.ts';
import { Throttle } from './throttle.ts';
import type { Needs } from './workload.ts';

export const WEEK_SECONDS = 7 * 86_400;

export interface Scenario {
  tasks: number;
  needs: Needs;
  seed: number;
  /** `divided`: by the bot. `equal`: every execution has the same fixed part of the link from its start on. */
  limits: 'divided' | 'equal';
  terms: Terms;
}

export interface Outcome {
  tally: Tally;
  /** Of one execution in one hour. */
  changes: { mean: number; most: number };
  /** A second: over the week, and in the busiest minute. */
  calls: { mean: number; most: number };
}

/** A week on a link, second by second. The same outcome for the same scenario. */
export function simulate({ tasks: count, needs, seed, limits, terms }: Scenario): Outcome {
  const even = Math.floor(budgetOf(terms) / count);
  const tasks = new Tasks(count, { needs, seed, even });
  const throttle = new Throttle(terms, count, randomFrom(seedOf(seed, count)));
  const tally = new Tally(terms, even);
  for (let now = 0; now < WEEK_SECONDS; now++) {
    const running = tasks.at(now, (run) => {
      if (limits === 'equal') run.limit.effective = even;
    });
    tally.second(now, running);
    // What is sent above the capacity of the wire doesn't arrive.
    let offered = 0;
    for (const run of running) offered += run.offered;
    const part = Math.min(1, terms.capacity / offered);
    for (const run of running) if (run.move(run.offered * part, now)) tally.complete(run, now);
    if (limits === 'divided') throttle.tick(now, running);
  }
  const hours = [...throttle.changes.values()];
  const minutes = throttle.calls.map((calls) => calls / 60);
  return {
    tally,
    changes: { mean: (sum(hours) * 3600) / tally.runSeconds, most: Math.max(0, ...hours) },
    calls: { mean: sum(minutes) / minutes.length, most: Math.max(0, ...minutes) },
  };
}
