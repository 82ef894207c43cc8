import { averageRate } from '../../domain/execution/impact.ts';
import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import { BITES_SECONDS } from '../../domain/execution/watch-pace.ts';
import type { Executions } from '../ports/executions.ts';

/** Two observations closer together than this say little about the speed. */
const MIN_SECONDS_APART = 2;
/** Older ones say nothing about the current speed. */
const MAX_AGE_SECONDS = 300;
const MAX_LOOKS = 12;
const MAX_EXECUTIONS = 2_000;

interface Look {
  at: number;
  bytes: number;
}

/** What was observed of one execution under the limit that it showed last. */
interface ObservedExecution {
  limit: number;
  /** From when on observations count: an earlier limit no longer has an effect. */
  measuresFrom: number;
  /** It showed another limit before. */
  changed: boolean;
  looks: Look[];
}

/** Speeds measured between two observations of an execution, whatever they were made for. */
export interface MeasuredRates {
  note(execution: TaskExecution): void;
  /**
   * Bytes per second up to the last observation, before compression, under the limit that it showed; null before there
   * are two observations 2 s apart under that limit.
   */
  of(arn: string): number | null;
  /**
   * Whether the limit was seen to change. Then the average since the start says nothing about the speed under the new
   * one.
   */
  changed(arn: string): boolean;
}

/** Keeps the observations of the last five minutes; the executions observed longest ago are dropped first. */
export function createMeasuredRates(): MeasuredRates {
  const executions = new Map<string, ObservedExecution>();
  return {
    note({ arn, lookedAt, bytesTransferred, bytesPerSecond: limit }) {
      const look = { at: Date.parse(lookedAt) / 1000, bytes: bytesTransferred };
      const before = executions.get(arn);
      if (before?.looks.some(({ at }) => at >= look.at)) return;
      executions.delete(arn);
      executions.set(arn, before?.limit === limit ? withLook(before, look) : begun(before, limit, look));
      for (const oldest of executions.keys()) {
        if (executions.size <= MAX_EXECUTIONS) break;
        executions.delete(oldest);
      }
    },
    of(arn) {
      const { looks = [], measuresFrom = 0 } = executions.get(arn) ?? {};
      const last = looks.at(-1);
      const earlier = last && looks.findLast(({ at }) => last.at - at >= MIN_SECONDS_APART && at >= measuresFrom);
      if (!last || !earlier) return null;
      return Math.max(0, last.bytes - earlier.bytes) / (last.at - earlier.at);
    },
    changed: (arn) => executions.get(arn)?.changed ?? false,
  };
}

function withLook(seen: ObservedExecution, look: Look): ObservedExecution {
  const kept = seen.looks.filter(({ at }) => look.at - at <= MAX_AGE_SECONDS).slice(1 - MAX_LOOKS);
  return { ...seen, looks: [...kept, look] };
}

/** The first observation of an execution, or of another limit, which takes a while to have an effect. */
function begun(before: ObservedExecution | undefined, limit: number, look: Look): ObservedExecution {
  const measuresFrom = before ? look.at + BITES_SECONDS : look.at;
  return { limit, measuresFrom, changed: before !== undefined, looks: [look] };
}

/**
 * The speed for an estimate of the time left: measured under the limit in force, or the average since the start if the
 * limit is not known to have changed. `set`: the bot has set a limit on this run.
 */
export function speedUnderLimit(rates: MeasuredRates, execution: TaskExecution, set: boolean): number | null {
  const measured = rates.of(execution.arn);
  return measured ?? (set || rates.changed(execution.arn) ? null : averageRate(execution));
}

/** The same executions, with every observation noted for the measured rates. */
export function notingLooks<E extends Executions>(executions: E, rates: MeasuredRates): E {
  const describe: Executions['describe'] = async (execution, access, age) => {
    const seen = await executions.describe(execution, access, age);
    rates.note(seen);
    return seen;
  };
  const lookAtActive: Executions['lookAtActive'] = async (arns, withinMs) => {
    const seen = await executions.lookAtActive(arns, withinMs);
    for (const execution of seen.values()) rates.note(execution);
    return seen;
  };
  return { ...executions, describe, lookAtActive };
}
