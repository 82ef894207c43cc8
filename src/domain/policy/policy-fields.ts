import { z } from 'zod';
import { PARTITIONS } from '../execution/task-execution.ts';
import { parseRate, UNLIMITED } from '../rate/rate.ts';
import { quoted } from '../text/quoted.ts';
import { parseDuration } from '../time/duration.ts';

/**
 * One fault in a policy, in words that can follow each other: "policy.yml:12:5 rules[0].approvals.raise: is -1;
 * expected a whole number from 0". The path leads to the faulty value, or to where something is missing.
 */
export interface PolicyFault {
  readonly path: readonly (string | number)[];
  readonly problem: string;
  readonly expected: string;
}

/** What is wrong with one value, and what is expected. The path is added by the callers. */
export class Wrong {
  readonly problem: string;
  readonly expected: string;
  constructor(problem: string, expected: string) {
    this.problem = problem;
    this.expected = expected;
  }
}

/** The zod issue that {@link faultsOf} turns back into a fault. */
export function issueOf(path: readonly (string | number)[], wrong: Wrong) {
  const { problem, expected } = wrong;
  return { code: 'custom' as const, path: [...path], message: problem, params: { expected }, input: undefined };
}

/**
 * A value parsed by `read`, which returns what is wrong, if anything. An absent value is wrong too, unless made
 * optional.
 */
export function field<T>(expected: string, read: (input: unknown) => T | Wrong) {
  return z.unknown().transform((input, context): T => {
    const value = input === undefined ? new Wrong('is missing', expected) : read(input);
    if (!(value instanceof Wrong)) return value;
    context.issues.push(issueOf([], value));
    return z.NEVER;
  });
}

/** A mapping that rejects unknown keys. */
export function mapping<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, { error: () => Object.keys(shape).join(', ') });
}

/** A list with at least one entry. */
export function listOf<T extends z.ZodType>(entry: T, expected: string) {
  return listOrNone(entry, expected).min(1, { error: () => `at least one of ${expected}` });
}

export function listOrNone<T extends z.ZodType>(entry: T, expected: string) {
  return z.array(entry, { error: () => `a list of ${expected}` });
}

/** A value that has several forms, and shows by its type which one is meant. A union would report the faults of all of them. */
export function oneOfForms<T>(formOf: (input: unknown) => z.ZodType<T>) {
  return z.unknown().transform((input, context): T => {
    const parsed = formOf(input).safeParse(input, { reportInput: true });
    if (parsed.success) return parsed.data;
    for (const { path, problem, expected } of faultsOf(parsed.error.issues)) {
      context.issues.push(issueOf(path, new Wrong(problem, expected)));
    }
    return z.NEVER;
  });
}

export function text(expected: string, pattern: RegExp) {
  return field(expected, (input) =>
    typeof input === 'string' && pattern.test(input) ? input : new Wrong(`is ${shown(input)}`, expected),
  );
}

export const anyText = text('a text', /^/);

const partition = PARTITIONS.join('|');

export const account = text('an AWS account, 12 digits in quotes', /^[0-9]{12}$/);
export const region = text('an AWS Region such as us-east-1', /^[a-z]{2,5}(?:-[a-z]+)+-[0-9]{1,2}$/);
export const task = text('a task id, task- and 17 of 0-9 and a-f', /^task-[0-9a-f]{17}$/);
export const channel = text('a channel id such as C0123ABCD', /^[CG][A-Z0-9]+$/);
export const user = text('a user id such as U0123ABCD or W0123ABCD, not a name', /^[UW][A-Z0-9]+$/);
export const group = text('a user group id such as S0123ABCD, not a name', /^S[A-Z0-9]+$/);
export const ruleName = text('a name of 1 to 80 characters on one line', /^(?=\S)[^\p{Cc}]{0,79}\S$/u);
export const reason = text('required or optional', /^(?:required|optional)$/);
export const role = text(
  'a role ARN such as arn:aws:iam::111122223333:role/NAME',
  new RegExp(`^arn:(?:${partition}):iam::[0-9]{12}:role/[\\w+=,.@/-]{1,576}$`),
);

export const onOff = field('true or false', (input) =>
  typeof input === 'boolean' ? input : new Wrong(`is ${shown(input)}`, 'true or false'),
);

export const version = field('1', (input) => (input === 1 ? (1 as const) : new Wrong(`is ${shown(input)}`, '1')));

const wholeNumber = (expected: string, least = 0) =>
  field(expected, (input) =>
    Number.isSafeInteger(input) && Number(input) >= least ? Number(input) : new Wrong(`is ${shown(input)}`, expected),
  );

export const count = wholeNumber('a whole number from 0');
export const countForAll = wholeNumber('a whole number from 0, or a mapping of lower, raise, unlimited');

export const countFromOne = wholeNumber('a whole number from 1', 1);

const MAX_PER_MINUTE = 10_000;
const PER_MINUTE = `a number a minute such as 20/min, from 1/min to ${MAX_PER_MINUTE}/min`;

/** A number. */
export const perMinute = field(PER_MINUTE, (input) => {
  const count = typeof input === 'string' ? Number(/^([0-9]{1,5})\/min$/.exec(input)?.[1]) : Number.NaN;
  return count >= 1 && count <= MAX_PER_MINUTE ? count : new Wrong(`is ${shown(input)}`, PER_MINUTE);
});

export const rate = field('a rate such as 50MiB/s', (input) => {
  const read = readRate(input, 'a rate such as 50MiB/s');
  if (read !== UNLIMITED) return read;
  return new Wrong(`is ${shown(input)}`, 'a rate such as 50MiB/s; unlimited is allowed by naming it in approvals');
});

export function readRate(input: unknown, expected: string): number | Wrong {
  if (typeof input !== 'string' && typeof input !== 'number') return new Wrong(`is ${shown(input)}`, expected);
  const parsed = parseRate(String(input));
  if (!parsed.ok) return new Wrong(`is ${shown(input)}`, `${expected}: ${parsed.problem.instead}`);
  if (parsed.value.kind === 'percent') return new Wrong(`is ${shown(input)}`, `${expected}, no percentage`);
  return parsed.value.bytesPerSecond;
}

export const duration = field('a duration such as 30m', (input) => {
  const parsed = parseDuration(String(input));
  if (typeof input === 'string' && parsed.ok) return parsed.value;
  const advice = parsed.ok ? '' : `: ${parsed.problem.instead}`;
  return new Wrong(`is ${shown(input)}`, `a duration such as 30m, from 1m to 7d${advice}`);
});

/** A value as shown in a fault: shortened, and by its type if the type is wrong. */
export function shown(input: unknown): string {
  if (typeof input === 'string') return `"${quoted(input)}"`;
  if (input === null) return 'empty';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a mapping';
  return typeof input === 'number' ? `the number ${input}` : quoted(String(input));
}

/** zod's issues as faults: one for each unknown key, and nothing of zod's own wording. */
export function faultsOf(issues: readonly z.core.$ZodIssue[]): PolicyFault[] {
  return issues.flatMap((issue): PolicyFault[] => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'custom') return [{ path, problem: issue.message, expected: String(issue.params?.expected) }];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key],
        problem: 'is no key that is known here',
        expected: `one of ${issue.message}`,
      }));
    }
    const problem = issue.input === undefined ? 'is missing' : `is ${shown(issue.input)}`;
    if (issue.code === 'too_big') return [{ path, problem: 'is a list that is too long', expected: issue.message }];
    if (issue.code === 'too_small') return [{ path, problem: 'is an empty list', expected: issue.message }];
    const mapped = issue.code === 'invalid_type' && issue.expected === 'object';
    return [{ path, problem, expected: mapped ? `a mapping of ${issue.message}` : issue.message }];
  });
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A part that can be parsed; null: absent, or with a fault. Contradictions are looked for between such parts, so that one fault doesn't hide another. */
export function partOf<T>(of: z.ZodType<T>, value: unknown): T | null {
  return of.safeParse(value).data ?? null;
}
