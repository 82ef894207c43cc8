import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type AuditKey, hashRecord, sealRecord } from '../../../src/audit/format/audit-chain.ts';
import { createAuditAlarms } from '../../../src/audit/log/audit-alarms.ts';
import { createAuditSearch } from '../../../src/audit/log/audit-search.ts';
import { exportAudit } from '../../../src/commands/audit/export-audit.ts';
import { verifyAudit } from '../../../src/commands/audit/verify-audit.ts';
import { plainEvent } from '../../../src/domain/audit/audit-record.ts';
import { createRedisOutcome } from '../../../src/store/connection/redis-outcome.ts';
import { type AuditQuery, EVERYTHING } from '../../../src/workflow/ports/audit/audit-query.ts';
import { AUDIT_KEYS, type OpenedLedger, openLedger } from '../../store/given-ledger.ts';
import { run } from './log-fixture.ts';

const LENGTH = 9;
const BAD = 4;
type Fields = [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];

let opened: OpenedLedger;
let search: ReturnType<typeof createAuditSearch>;
let env: NodeJS.ProcessEnv;
let written: [Buffer, Buffer[]][];

/** A log in Redis whose reasons hold a character that a decoder puts in the place of what it can't read. */
beforeAll(async () => {
  opened = await openLedger({ clock: { now: () => new Date('2026-03-01T00:00:00Z') } });
  for (let seq = 1; seq <= LENGTH; seq++) {
    const event = plainEvent('refused', {
      reason: `a\ufffdb ${seq}`,
      to: 52_428_800,
      channel: 'C0OPS',
      actor: { team: 'T0', user: 'U0OPER', name: 'x' },
      detail: { why: 'no-rule' },
    });
    await opened.ledger.commit({ op: `op:${seq}`, prior: null, events: [event] });
  }
  written = await opened.redis.xrangeBuffer(opened.keys.audit, '-', '+');
  search = createAuditSearch(opened.redis, opened.keys, createRedisOutcome(opened.redis), {
    auditKeys: AUDIT_KEYS,
    alarms: createAuditAlarms(),
  });
  const prefix = opened.keys.head.slice(1, opened.keys.head.indexOf('}'));
  env = { REDIS_URL: inject('redisUrl'), REDIS_KEY_PREFIX: prefix, AUDIT_KEYS: `k1:${'07'.repeat(32)}` };
});
afterAll(() => opened.close());

/** Puts the log back, with other fields in the place of record 4. */
async function put(change: (fields: Fields) => (Buffer | string)[]): Promise<void> {
  await opened.redis.del(opened.keys.audit);
  for (const [id, fields] of written) {
    const put = id.toString() === `${BAD}-0` ? change(fields as Fields) : fields;
    await opened.redis.xadd(opened.keys.audit, id.toString(), ...put);
  }
}
const verify = () => run(env, (terminal) => verifyAudit({}, terminal));
const found = async (query: Partial<AuditQuery>, size = 20) => {
  const page = await search.page({ ...EVERYTHING, ...query }, { go: 'older', below: null }, size);
  return page.lines.map(({ seq, record }) => (record ? record.seq : `no record ${seq}`));
};
const forged = (bytes: Buffer) => bytes.toString().replace('U0OPER', 'U0EVIL');

const WAYS: [string, (fields: Fields) => (Buffer | string)[]][] = [
  ['decoys before it', (f) => ['x', forged(f[1]), 'y', f[3], 'z', f[5], 'w', f[7], ...f]],
  ['decoys after it', (f) => [...f, 'x', forged(f[1])]],
  ['a field twice, the forged one first', (f) => ['b', forged(f[1]), ...f]],
  ['a field twice, the forged one last', (f) => [...f, 'b', forged(f[1])]],
  ['its fields in another order', ([b, bytes, ...rest]) => [...rest, b, bytes]],
  ['a field of another name', ([, ...rest]) => ['c', ...rest]],
  ['no key', (f) => f.slice(0, 6)],
  ['no field of a record', () => ['note', 'hello']],
  [
    'bytes that are no UTF-8 where a decoder would write the same',
    ([b, bytes, ...rest]) => {
      const place = bytes.indexOf('\ufffd');
      return [b, Buffer.concat([bytes.subarray(0, place), Buffer.of(0xff), bytes.subarray(place + 3)]), ...rest];
    },
  ],
];

describe('an entry of the stream', () => {
  it('is good as it was written', async () => {
    await put((fields) => fields);
    expect(await verify()).toMatchObject({ code: 0 });
  });

  it.each(WAYS)('is no record with %s', async (_what, change) => {
    await put(change);
    const { code, out } = await verify();
    expect([code, out]).toEqual([1, expect.stringContaining(`first bad seq: ${BAD}\n`)]);
    const { AUDIT_KEYS: _, ...keyless } = env;
    await expect(run(keyless, (terminal) => exportAudit({ format: 'jsonl' }, terminal))).rejects.toThrow(
      'see `audit verify`',
    );
  });

  it.each(WAYS)('is shown as one that can not be read, among the others, with %s', async (_what, change) => {
    await put(change);
    expect(await found({})).toEqual([9, 8, 7, 6, 5, 'no record 4', 3, 2, 1]);
    expect(await found({ channel: 'C0OPS' })).toEqual([9, 8, 7, 6, 5, 'no record 4', 3, 2, 1]);
    expect(await found({ user: { team: 'T0', user: 'U0OPER' } }, 4)).toEqual([9, 8, 7, 6]);
    // By time too: what has no date is passed by.
    expect(await found({ since: '2026-03-01T00:00:00.000Z' })).toHaveLength(LENGTH);
    expect(await found({ since: '2026-03-02T00:00:00.000Z' })).toEqual([]);
    const own = await search.lookUp({ kind: 'user', team: 'T0', user: 'U0OPER' }, 20);
    expect(own.map(({ seq, record }) => (record ? seq : `no record ${seq}`))).toEqual([
      9,
      8,
      7,
      6,
      5,
      'no record 4',
      3,
      2,
      1,
    ]);
  });

  it('that is gone, and still in an index, ends no look-up', async () => {
    await put((fields) => fields);
    await opened.redis.xdel(opened.keys.audit, '8-0', '4-0');
    const query = { user: { team: 'T0', user: 'U0OPER' } };
    expect(await found(query)).toEqual([9, 'no record 8', 7, 6, 5, 'no record 4', 3, 2, 1]);
    const first = await search.page({ ...EVERYTHING, ...query }, { go: 'older', below: null }, 2);
    expect([first.older, first.stopped]).toEqual([8, false]);
    const next = await search.page({ ...EVERYTHING, ...query }, { go: 'older', below: 5 }, 2);
    expect(next.lines.map(({ seq }) => seq)).toEqual([4, 3]);
  });

  it.each<[string, (record: Record<string, unknown>) => object]>([
    ['an event that this version does not know', (record) => ({ ...record, event: 'invented' })],
    ['a time that is none', (record) => ({ ...record, at: 'then' })],
    ['a rate in words', (record) => ({ ...record, to: 'fast' })],
    ['a person without a name', (record) => ({ ...record, actor: { team: 'T0', user: 'U0OPER' } })],
    ['a reason that is none', (record) => ({ ...record, reason: {} })],
    ['a detail that is none', (record) => ({ ...record, detail: 'x' })],
  ])('is shown as one that can not be read with %s', async (_what, change) => {
    await put(([, bytes]) => {
      const changed = JSON.stringify(change(JSON.parse(bytes.toString())));
      const { hash, mac, kid } = sealRecord(changed, AUDIT_KEYS[0] as AuditKey);
      return ['b', changed, 'h', hash, 'm', mac, 'k', kid];
    });
    expect(await found({})).toEqual([9, 8, 7, 6, 5, 'no record 4', 3, 2, 1]);
  });
});

describe('a record that was altered', () => {
  const WITHOUT_KEY: [string, string, (fields: Fields) => (Buffer | string)[]][] = [
    ['altered', 'its bytes alone', ([b, bytes, ...rest]) => [b, forged(bytes), ...rest]],
    [
      'altered',
      'its bytes and its hash',
      ([b, bytes, h, , ...rest]) => [b, forged(bytes), h, hashRecord(forged(bytes)), ...rest],
    ],
    ['altered', 'its mac', ([b, bytes, h, hash, m, , ...rest]) => [b, bytes, h, hash, m, Buffer.alloc(32), ...rest]],
    [
      'other-key',
      'all of it, by a key of their own',
      ([, bytes]) => {
        const { hash, mac } = sealRecord(forged(bytes), { kid: 'k9', key: Buffer.alloc(32, 9) });
        return ['b', forged(bytes), 'h', hash, 'm', mac, 'k', 'k9'];
      },
    ],
    ['moved', 'a record from another place', () => written[6]?.[1] ?? []],
  ];

  it.each(WITHOUT_KEY)('is shown as %s, and told, where somebody wrote %s', async (why, _what, change) => {
    await put(change);
    for (const query of [{}, { user: { team: 'T0', user: 'U0OPER' } }]) {
      const alarms = createAuditAlarms();
      const proof = { auditKeys: AUDIT_KEYS, alarms };
      const look = createAuditSearch(opened.redis, opened.keys, createRedisOutcome(opened.redis), proof);
      const page = await look.page({ ...EVERYTHING, ...query }, { go: 'older', below: null }, 20);
      expect(page.lines.find(({ seq }) => seq === BAD)).toEqual({ seq: BAD, record: null, why });
      expect(page.lines.filter(({ record }) => record !== null)).toHaveLength(LENGTH - 1);
      expect(alarms.untold()).toEqual([`record 4 of the audit log is not what was written there (${why})`]);
      // It is as it was again.
      await put((fields) => fields);
      await look.lookUp({ kind: 'all' }, 20);
      expect(alarms.all()).toEqual([]);
      await put(change);
    }
  });

  it('is not hidden, nor are others, by an index that names other places', async () => {
    await put((fields) => fields);
    const index = opened.keys.indexUser('T0', 'U0OPER');
    await opened.redis.zadd(index, 8.5, '2', 8.25, 'x');
    const query = { ...EVERYTHING, user: { team: 'T0', user: 'U0OPER' } };
    const first = await search.page(query, { go: 'older', below: null }, 2);
    const next = await search.page(query, { go: 'older', below: first.older }, 4);
    expect([...first.lines, ...next.lines].map(({ seq }) => seq)).toEqual([9, 8, 7, 6, 5, 4]);
    await opened.redis.zrem(index, 'x');
    await opened.redis.zadd(index, 2, '2');
  });

  it('of somebody else is not shown as theirs', async () => {
    await put((fields) => fields);
    await opened.redis.zadd(opened.keys.indexRequest('r-1'), 3, '3');
    expect(await search.lookUp({ kind: 'request', id: 'r-1' }, 10)).toEqual([]);
    await opened.redis.del(opened.keys.indexRequest('r-1'));
  });
});
