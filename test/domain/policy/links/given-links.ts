import { parsePolicy } from '../../../../src/domain/policy/parse-policy.ts';
import type { Policy } from '../../../../src/domain/policy/policy.ts';
import type { PolicyFault } from '../../../../src/domain/policy/policy-fields.ts';

/** ARNs of the task, or the location, with this number. */
export const task = (number: number) =>
  `arn:aws:datasync:eu-central-1:222233334444:task/task-${String(number).padStart(17, '0')}`;
export const location = (number: number) =>
  `arn:aws:datasync:eu-central-1:222233334444:location/loc-${String(number).padStart(17, '0')}`;
export const taskId = (number: number) => `task-${String(number).padStart(17, '0')}`;

export const LINK = { name: 'dc1-wan', tasks: [task(1)], capacity: '800Mbit/s' };
export const RULE = { name: 'all', approvers: { users: ['U1', 'U2'] }, approvals: 1 };
export const OFFICE = { days: 'mon-fri', from: '08:00', to: '18:00', capacity: '200Mbit/s' };

/** A policy file with one rule for everything, or with these. */
export function fileOf(links: unknown, rules: unknown[] = [RULE]) {
  return { version: 1, links, rules };
}

/** One link with a timetable. */
export const timetabled = (...windows: object[]) => fileOf([{ ...LINK, zone: 'Europe/Berlin', timetable: windows }]);

export function faultsOf(file: unknown): PolicyFault[] {
  const parsed = parsePolicy(file);
  return parsed.ok ? [] : parsed.problem;
}

/** Each as `links.0.name problem`. */
export function told(file: unknown): string[] {
  return faultsOf(file).map(({ path, problem }) => `${path.join('.')} ${problem}`);
}

export function policyOf(file: unknown): Policy {
  const parsed = parsePolicy(file);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problem));
  return parsed.value;
}
