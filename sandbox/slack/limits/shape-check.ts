import { isObject } from '../json.ts';

/** One breach of Block Kit's rules, in the words and with the JSON pointer that Slack's answer has. */
export interface BlockProblem {
  readonly at: string;
  readonly message: string;
}

/** Looks at one value; `at` is the JSON pointer of it. */
export type Check = (value: unknown, at: string) => BlockProblem[];
export type Fields = Record<string, Check>;

export const problem = (at: string, message: string): BlockProblem[] => [{ at, message }];

export const str =
  (max: number, min = 1): Check =>
  (value, at) => {
    if (typeof value !== 'string') return problem(at, 'must be a string');
    if (value.length < min) return problem(at, `must be more than ${min - 1} characters`);
    return value.length > max ? problem(at, `must be less than ${max + 1} characters`) : [];
  };

export const bool: Check = (value, at) => (typeof value === 'boolean' ? [] : problem(at, 'must be a boolean'));
export const anything: Check = () => [];

export const int =
  (min: number, max: number): Check =>
  (value, at) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? []
      : problem(at, `must be an integer between ${min} and ${max}`);

export const among =
  (...allowed: string[]): Check =>
  (value, at) =>
    allowed.some((one) => one === value) ? [] : problem(at, `must be a valid enum value: ${allowed.join(', ')}`);

export const matching =
  (pattern: RegExp, what: string): Check =>
  (value, at) =>
    typeof value === 'string' && pattern.test(value) ? [] : problem(at, `must be ${what}`);

export const list =
  (item: Check, max: number, min = 1): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return problem(at, 'must be an array');
    if (value.length < min) return problem(at, `no fewer than ${min} items allowed`);
    const tooMany = value.length > max ? problem(at, `no more than ${max} items allowed`) : [];
    return [...tooMany, ...value.flatMap((one, index) => item(one, `${at}/${index}`))];
  };

/** An object of known fields: Slack refuses missing ones and those that it doesn't know. */
export const shape =
  (required: Fields, optional: Fields = {}): Check =>
  (value, at) => {
    if (!isObject(value)) return problem(at, 'must be an object');
    const found: BlockProblem[] = [];
    for (const name of Object.keys(required)) {
      if (value[name] === undefined) found.push({ at, message: `missing required field: ${name}` });
    }
    for (const [name, field] of Object.entries(value)) {
      if (name === 'type' || field === undefined) continue;
      const check = required[name] ?? optional[name];
      if (check === undefined) found.push({ at, message: `invalid additional property: ${name}` });
      else found.push(...check(field, `${at}/${name}`));
    }
    return found;
  };

export const byType =
  (kinds: Record<string, Check>): Check =>
  (value, at) => {
    if (!isObject(value)) return problem(at, 'must be an object');
    if (typeof value.type !== 'string') return problem(at, 'missing required field: type');
    const check = Object.hasOwn(kinds, value.type) ? kinds[value.type] : undefined;
    return check === undefined ? problem(`${at}/type`, `unsupported type: ${value.type}`) : check(value, at);
  };

export const both =
  (...checks: Check[]): Check =>
  (value, at) =>
    checks.flatMap((check) => check(value, at));
