import type { AuditEvent } from '../../src/domain/audit/audit-event.ts';
import { parseExecutionArn, type TaskExecution } from '../../src/domain/execution/task-execution.ts';
import type { PolicyInForce } from '../../src/domain/policy/policies-in-force.ts';
import type { Groups, Person, Policy, Rule } from '../../src/domain/policy/policy.ts';
import { DEFAULT_LIMITS } from '../../src/domain/policy/use-limits.ts';
import { decideRequest } from '../../src/domain/request/decide-request.ts';
import { evolve } from '../../src/domain/request/evolve-request.ts';
import type { RequestCommand } from '../../src/domain/request/request-command.ts';
import type { ThrottleRequest } from '../../src/domain/request/throttle-request.ts';
import type { Run } from '../../src/domain/run/run.ts';

/** The world of the tests: one execution at 100 MiB/s, an operator, two leads and some who may nothing. */
export const MIB = 1_048_576;
export const T0 = new Date('2026-11-22T10:00:00.000Z');
const ARN = 'arn:aws:datasync:eu-west-1:111122223333:task/task-0123456789abcdef0/execution/exec-0123456789abcdef0';
export const CHANNEL = 'C0OPS';
export const ROLE = 'arn:aws:iam::111122223333:role/datasync-throttle';

export function at(seconds: number): Date {
  return new Date(T0.getTime() + seconds * 1000);
}

export function person(user: string, kind: Person['kind'] = 'member', team = 'T0'): Person {
  return { team, user, name: user.toLowerCase(), kind };
}

export const OPERATOR = person('U0OPER');
export const LEAD = person('U0LEAD');
export const SECOND = person('U0SECOND');
export const GUEST = person('U0GUEST', 'guest');
export const NOBODY = person('U0NOBODY');
export const ADMIN = person('U0ADMIN');
export const EVERYBODY = [OPERATOR, LEAD, SECOND, GUEST, NOBODY, ADMIN];
export const PEOPLE = new Map(EVERYBODY.map((one) => [one.user, one]));

export function rule(changes: Partial<Rule> = {}): Rule {
  return {
    name: 'production',
    match: { accounts: ['111122223333'], channels: [CHANNEL] },
    requesters: { users: ['U0OPER', 'U0LEAD'], groups: [] },
    approvers: { users: [], groups: ['S0LEADS'] },
    approvals: { lower: 1, raise: 2, unlimited: null },
    rate: { min: MIB, max: 1024 * MIB },
    maxDurationSeconds: 3600,
    reason: 'optional',
    expiresInSeconds: 1800,
    reminders: true,
    shared: false,
    role: ROLE,
    ...changes,
  };
}

export function policy(...rules: Rule[]): PolicyInForce {
  const made: Policy = {
    version: 1,
    limits: DEFAULT_LIMITS,
    viewers: null,
    admins: { users: [ADMIN.user], groups: [] },
    audit: { readers: null },
    links: [],
    rules,
  };
  return { policy: made, digest: `digest of ${rules.map(({ name }) => name).join(', ')}`, others: [] };
}

export const GROUPS: Groups = new Map([['S0LEADS', ['U0LEAD', 'U0SECOND', 'U0GUEST']]]);
export const NO_GROUPS: Groups = new Map([['S0LEADS', null]]);

export function execution(changes: Partial<TaskExecution> = {}): TaskExecution {
  return {
    arn: ARN,
    status: 'TRANSFERRING',
    mode: 'BASIC',
    bytesPerSecond: 100 * MIB,
    taskName: 'nightly',
    bytesTransferred: 1,
    bytesEstimated: 10,
    bytesWritten: 1,
    bytesCompressed: 1,
    startedAt: null,
    lookedAt: T0.toISOString(),
    requestId: 'aws-1',
    ...changes,
  };
}

export function ask(changes: Partial<RequestCommand> = {}): RequestCommand {
  const arn = parseExecutionArn(ARN);
  if (!arn.ok) throw new Error('the ARN of the tests is none');
  return {
    requester: OPERATOR,
    channel: CHANNEL,
    execution: arn.value,
    rate: { kind: 'absolute', bytesPerSecond: 50 * MIB },
    durationSeconds: null,
    reason: null,
    ...changes,
  };
}

export interface Facts {
  inForce: PolicyInForce;
  groups: Groups;
  people: ReadonlyMap<string, Person>;
  execution: TaskExecution;
  run: Run | null;
  now: Date;
}

export function facts(changes: Partial<Facts> = {}): Facts {
  return {
    inForce: policy(rule()),
    groups: GROUPS,
    people: new Map(EVERYBODY.map((one) => [one.user, one])),
    execution: execution(),
    run: null,
    now: at(60),
    ...changes,
  };
}

/** A request as it is after it was asked for, and after the events that follow. */
export function requested(changes: { of?: Rule; ask?: Partial<RequestCommand>; seen?: Partial<TaskExecution> } = {}) {
  const of = changes.of ?? rule();
  const decision = decideRequest(
    ask(changes.ask),
    {
      ...{ rule: of, inForce: policy(of), groups: GROUPS, people: PEOPLE },
      ...{ execution: execution(changes.seen), run: null, now: T0 },
    },
    'r-0123456789',
  );
  if (!decision.ok) throw new Error(`refused: ${decision.refusal.why}`);
  return folded(null, T0, decision.event);
}

export function folded(
  state: ThrottleRequest | null,
  when: Date,
  ...events: (AuditEvent | undefined)[]
): ThrottleRequest {
  let now = state;
  for (const event of events) {
    if (!event) throw new Error('an event was expected');
    now = evolve(now, { ...event, at: when.toISOString() });
  }
  if (!now) throw new Error('these events make no request');
  return now;
}
