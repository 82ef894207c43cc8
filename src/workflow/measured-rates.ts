import type { TaskExecution } from '../domain/task-execution.ts';
import type { Executions } from './ports.ts';

/** Two looks closer than this say little about the speed. */
const LEAST_SECONDS = 2;
/** What is older says nothing about the speed of now. */
const OLDEST_SECONDS = 300;
const MOST_LOOKS = 12;
const MOST_EXECUTIONS = 2_000;

interface Look {
  at: number;
  bytes: number;
}

/** Speeds measured from the growth between two looks at an execution, whoever took them. */
export interface MeasuredRates {
  note(execution: TaskExecution): void;
  /** Bytes per second up to the last look, before compression; null before there are two looks 2 s apart. */
  of(arn: string): number | null;
}

/** Holds the looks of the last five minutes, the executions looked at longest ago going first. */
export function createMeasuredRates(): MeasuredRates {
  const looks = new Map<string, Look[]>();
  return {
    note({ arn, lookedAt, bytesTransferred }) {
      const look = { at: Date.parse(lookedAt) / 1000, bytes: bytesTransferred };
      const before = looks.get(arn) ?? [];
      if (before.some(({ at }) => at >= look.at)) return;
      const kept = before.filter(({ at }) => look.at - at <= OLDEST_SECONDS).slice(1 - MOST_LOOKS);
      looks.delete(arn);
      looks.set(arn, [...kept, look]);
      for (const oldest of looks.keys()) {
        if (looks.size <= MOST_EXECUTIONS) break;
        looks.delete(oldest);
      }
    },
    of(arn) {
      const taken = looks.get(arn) ?? [];
      const last = taken.at(-1);
      const earlier = last && taken.findLast(({ at }) => last.at - at >= LEAST_SECONDS);
      if (!last || !earlier) return null;
      return Math.max(0, last.bytes - earlier.bytes) / (last.at - earlier.at);
    },
  };
}

/** The same executions; every look at one is noted. */
export function notingLooks<E extends Executions>(executions: E, rates: MeasuredRates): E {
  const describe: Executions['describe'] = async (execution, access) => {
    const seen = await executions.describe(execution, access);
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
