import type { z } from 'zod';
import { type ConfigFault, type ConfigName, EXPECTED } from './config-fault.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads single variables and collects their faults. An empty or blank variable counts as not set. */
export function createEnvironmentReader(env: Environment) {
  const faults: ConfigFault[] = [];
  const fault = (name: ConfigName, problem: string) => faults.push({ name, problem, expected: EXPECTED[name] });
  const given = (name: ConfigName) => env[name]?.trim() || undefined;

  function optional<T>(name: ConfigName, schema: z.ZodType<T, string>): T | null {
    const text = given(name);
    if (text === undefined) return null;
    // Docker's --env-file keeps quotes as part of the value.
    if (/^(['"]).*\1$/s.test(text)) {
      fault(name, 'has quotes around it that were not taken off');
      return null;
    }
    const read = schema.safeParse(text);
    if (read.success) return read.data;
    fault(name, read.error.issues.map((issue) => issue.message).join('; '));
    return null;
  }

  function required<T>(name: ConfigName, schema: z.ZodType<T, string>): T | null {
    if (given(name) === undefined) fault(name, 'is not set');
    return optional(name, schema);
  }

  return {
    /** All faults found until now. */
    faults,
    /** Adds a fault. */
    fault,
    /** The trimmed text; undefined if it is not set. */
    given,
    /** Null if it is not set or has a fault. */
    optional,
    /** Null if it has a fault; not being set is one. */
    required,
  };
}

export type EnvironmentReader = ReturnType<typeof createEnvironmentReader>;
