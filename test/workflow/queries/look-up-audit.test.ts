import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuditAlarms } from '../../../src/audit/log/audit-alarms.ts';
import { createAuditSearch } from '../../../src/audit/log/audit-search.ts';
import { plainEvent } from '../../../src/domain/audit/audit-record.ts';
import { createRedisOutcome } from '../../../src/store/connection/redis-outcome.ts';
import { type AuditQuery, EVERYTHING } from '../../../src/workflow/ports/audit/audit-query.ts';
import { lookUpAudit } from '../../../src/workflow/queries/look-up-audit.ts';
import { EVERYBODY, policy, rule } from '../../domain/given.ts';
import { AUDIT_KEYS, arnOf, type OpenedLedger, openLedger } from '../../store/given-ledger.ts';
import { sourceOf } from '../outside.ts';

const OWN = { team: 'T0', user: 'U0OPER' };
const OTHER = { team: 'T0', user: 'U0LEAD' };
/** More than one look reads of an execution. */
const OTHERS = 230;

let opened: OpenedLedger;
let page: ReturnType<typeof createAuditSearch>['page'];

/** One execution: the operator's request first, then hundreds of records that are none of the operator's. */
beforeAll(async () => {
  opened = await openLedger({ clock: { now: () => new Date('2026-03-01T00:00:00Z') } });
  page = createAuditSearch(opened.redis, opened.keys, createRedisOutcome(opened.redis), {
    auditKeys: AUDIT_KEYS,
    alarms: createAuditAlarms(),
  }).page;
  const write = (event: 'refused' | 'decision.refused', request: string, by: typeof OWN, channel = 'C0OPS') =>
    opened.ledger.commit({
      op: randomUUID(),
      prior: null,
      events: [
        {
          ...plainEvent('refused', {
            ...{ request, execution: arnOf(1), account: '111122223333', channel },
            actor: { ...by, name: 'x' },
            detail: { why: 'no-rule' },
          }),
          event,
        },
      ],
    });
  await write('refused', 'r-own', OWN);
  await write('refused', 'r-own', OTHER);
  await write('decision.refused', 'r-own', OTHER, 'C0OTHER');
  await write('decision.refused', 'r-tried', OWN);
  for (let number = 0; number < OTHERS; number++) await write('refused', `r-${number}`, OTHER);
});
afterAll(() => opened.close());

const person = async (id: string) => EVERYBODY.find(({ user }) => user === id) as (typeof EVERYBODY)[number];

async function look(query: Partial<AuditQuery>) {
  const given = policy(rule());
  const withReaders = { ...given, policy: { ...given.policy, audit: { readers: { users: ['U0AUDIT'], groups: [] } } } };
  const found = await lookUpAudit(
    {
      ledger: opened.ledger,
      audit: { page },
      people: {
        person,
        lately: person,
        remembers: () => false,
        groups: async () => new Map(),
        groupsLately: async () => new Map(),
      },
      policy: sourceOf(() => withReaders),
    } as Parameters<typeof lookUpAudit>[0],
    {
      user: 'U0OPER',
      channel: null,
      op: randomUUID(),
      turn: { go: 'older', below: null },
      query: { ...EVERYTHING, ...query },
    },
  );
  return found.kind === 'page' ? found.page.lines.map(({ seq }) => seq) : found.kind;
}

describe('who is no reader', () => {
  it('sees requests of their own, however many others lie above them', async () => {
    expect(await look({ execution: arnOf(1) })).toEqual([3, 2, 1]);
    expect(await look({ task: arnOf(1).split('/')[1] ?? '' })).toEqual([3, 2, 1]);
    expect(await look({ request: 'r-own' })).toEqual([3, 2, 1]);
  });

  it('sees of them what was looked for, and no more', async () => {
    const execution = arnOf(1);
    expect(await look({ execution, event: 'decision.refused' })).toEqual([3]);
    expect(await look({ execution, channel: 'C0OTHER' })).toEqual([3]);
    expect(await look({ execution, user: OTHER })).toEqual([3, 2]);
    expect(await look({ request: 'r-own', account: '111122223333' })).toEqual([3, 2, 1]);
    expect(await look({ execution, account: '999999999999' })).toBe('refused');
    expect(await look({ execution: arnOf(2), request: 'r-own' })).toBe('refused');
  });

  it('is refused what others requested, and what was only attempted', async () => {
    expect(await look({ request: 'r-5' })).toBe('refused');
    expect(await look({ request: 'r-tried' })).toBe('refused');
    expect(await look({})).toBe('refused');
  });
});
