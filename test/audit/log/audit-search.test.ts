import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLog } from '../../../bench/audit-log.ts';
import { createAuditAlarms } from '../../../src/audit/log/audit-alarms.ts';
import { createAuditSearch } from '../../../src/audit/log/audit-search.ts';
import { plainEvent } from '../../../src/domain/audit/audit-record.ts';
import { createRedisOutcome } from '../../../src/store/connection/redis-outcome.ts';
import {
  type AuditPage,
  type AuditQuery,
  type AuditTurn,
  EVERYTHING,
} from '../../../src/workflow/ports/audit/audit-query.ts';
import { AUDIT_KEYS, arnOf, type OpenedLedger, openLedger } from '../../store/given-ledger.ts';

const LENGTH = 60;
let opened: OpenedLedger;
let search: ReturnType<typeof createAuditSearch>;

/** A record a minute; every third about execution 1, every fourth by U0LEAD, every fifth in another channel. */
beforeAll(async () => {
  let minute = 0;
  opened = await openLedger({ clock: { now: () => new Date(Date.parse('2026-03-01T00:00:00Z') + minute * 60_000) } });
  for (minute = 1; minute <= LENGTH; minute++) {
    const event = plainEvent('refused', {
      execution: arnOf(minute % 3 === 0 ? 1 : 2),
      actor: { team: 'T0', user: minute % 4 === 0 ? 'U0LEAD' : 'U0OPER', name: 'x' },
      channel: minute % 5 === 0 ? 'C0OTHER' : 'C0OPS',
      account: '111122223333',
      request: `r-${minute % 2}`,
      detail: { why: 'no-rule' },
    });
    await opened.ledger.commit({ op: `op:${minute}`, prior: null, events: [event] });
  }
  search = createAuditSearch(opened.redis, opened.keys, createRedisOutcome(opened.redis), {
    auditKeys: AUDIT_KEYS,
    alarms: createAuditAlarms(),
  });
});
afterAll(() => opened.close());

const NEWEST: AuditTurn = { go: 'older', below: null };
const page = (query: Partial<AuditQuery>, turn: AuditTurn = NEWEST, size = 10) =>
  search.page({ ...EVERYTHING, ...query }, turn, size);
const seqs = ({ lines }: AuditPage) => lines.map(({ seq }) => seq);
const matching = (fits: (seq: number) => boolean) =>
  Array.from({ length: LENGTH }, (_, place) => LENGTH - place).filter(fits);
const minute = (number: number) => new Date(Date.parse('2026-03-01T00:00:00Z') + number * 60_000).toISOString();

/** All pages from the newest on. */
async function throughout(query: Partial<AuditQuery>, size: number): Promise<number[][]> {
  const pages: number[][] = [];
  for (let below: number | null = null; ; ) {
    const found: AuditPage = await page(query, { go: 'older', below }, size);
    pages.push(seqs(found));
    if (found.older === null) return pages;
    below = found.older;
  }
}

const QUERIES: [string, Partial<AuditQuery>, (seq: number) => boolean][] = [
  ['nothing', {}, () => true],
  ['execution', { execution: arnOf(1) }, (seq) => seq % 3 === 0],
  ['task', { task: 'task-0123456789abcdef0' }, () => true],
  ['another task', { task: 'task-00000000000000000' }, () => false],
  ['user', { user: { team: 'T0', user: 'U0LEAD' } }, (seq) => seq % 4 === 0],
  ['request', { request: 'r-1' }, (seq) => seq % 2 === 1],
  ['channel', { channel: 'C0OTHER' }, (seq) => seq % 5 === 0],
  ['account', { account: '111122223333' }, () => true],
  ['event', { event: 'applied' }, () => false],
  ['execution and user', { execution: arnOf(1), user: { team: 'T0', user: 'U0LEAD' } }, (seq) => seq % 12 === 0],
  ['a span of time', { since: minute(10), until: minute(31) }, (seq) => seq >= 10 && seq < 31],
  [
    'user, channel and time',
    { user: { team: 'T0', user: 'U0LEAD' }, channel: 'C0OTHER', since: minute(21) },
    (seq) => seq % 20 === 0 && seq >= 21,
  ],
];

describe.each(QUERIES)('a look-up by %s', (_what, query, fits) => {
  it('finds all of it, page by page, each once', async () => {
    for (const size of [1, 7, 10, 100]) {
      const pages = await throughout(query, size);
      expect(pages.flat()).toEqual(matching(fits));
      // No page is empty but the one of a look-up that finds nothing.
      expect(pages.slice(0, -1).every((one) => one.length === size)).toBe(true);
    }
  });

  it('turns back to where it came from', async () => {
    const first = await page(query, NEWEST, 4);
    if (first.older === null) return;
    expect(first.newer).toBeNull();
    const second = await page(query, { go: 'older', below: first.older }, 4);
    const back = await page(query, { go: 'newer', above: second.newer ?? 0 }, 4);
    expect(seqs(back)).toEqual(seqs(first));
    expect(back.newer).toBeNull();
    const again = await page(query, { go: 'older', below: back.older }, 4);
    expect(seqs(again)).toEqual(seqs(second));
  });
});

describe('a look-up without an index', () => {
  it('reads at most 5,000 records a step, and goes on from there', async () => {
    const large = await openLedger();
    await buildLog(large.redis, large.keys, 5600, { kid: 'k1', key: Buffer.alloc(32, 7) });
    const look = createAuditSearch(large.redis, large.keys, createRedisOutcome(large.redis), {
      auditKeys: AUDIT_KEYS,
      alarms: createAuditAlarms(),
    });
    const query = { ...EVERYTHING, event: 'denied' };
    const first = await look.page(query, NEWEST, 10);
    expect(first).toMatchObject({ lines: [], read: 5000, stopped: true, older: 601 });
    const rest = await look.page(query, { go: 'older', below: first.older }, 10);
    expect(rest).toMatchObject({ lines: [], read: 600, stopped: false, older: null });
    // By an index, and by time, it costs the page.
    const indexed = await look.page({ ...EVERYTHING, user: { team: 'T0DEMO', user: 'U0OPER1' } }, NEWEST, 10);
    expect(indexed.read).toBeLessThanOrEqual(11);
    large.close();
  });
});
