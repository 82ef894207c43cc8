import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { createCheckpoints } from '../../../src/audit/continuity/audit-checkpoints.ts';
import { publishPositions } from '../../../src/audit/continuity/published-positions.ts';
import { sealRecord } from '../../../src/audit/format/audit-chain.ts';
import { createAuditAlarms } from '../../../src/audit/log/audit-alarms.ts';
import { acceptAuditLoss } from '../../../src/commands/audit/accept-audit-loss.ts';
import { archiveAudit } from '../../../src/commands/audit/archive-audit.ts';
import { writeWholeFile } from '../../../src/commands/audit/export-audit.ts';
import { type VerifyOptions, verifyAudit } from '../../../src/commands/audit/verify-audit.ts';
import { plainEvent, writeRecord } from '../../../src/domain/audit/audit-record.ts';
import { LedgerLost } from '../../../src/workflow/faults.ts';
import { run } from '../../audit/log/log-fixture.ts';
import { AUDIT_KEYS, openLedger, policyLoaded, restore, snapshot } from '../../store/given-ledger.ts';

const CLOCK = { now: () => new Date('2026-03-01T00:00:00.000Z') };
const BOT = { clock: CLOCK, signingKey: null, auditKeys: AUDIT_KEYS };

let folder: string;
let opened: Awaited<ReturnType<typeof openLedger>>;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-archived-'));
  opened = await openLedger({ clock: CLOCK });
  env = {
    REDIS_URL: inject('redisUrl'),
    REDIS_KEY_PREFIX: opened.keys.head.slice(1, opened.keys.head.indexOf('}')),
    AUDIT_KEYS: `k1:${'07'.repeat(32)}`,
  };
});
afterEach(async () => {
  opened.close();
  await rm(folder, { recursive: true });
});

async function write(count: number): Promise<void> {
  for (let number = 0; number < count; number++) await opened.ledger.commit(policyLoaded(randomUUID()));
}
const archive = (out = join(folder, randomUUID()), more: NodeJS.ProcessEnv = {}) =>
  run({ ...env, ...more }, (terminal) => archiveAudit({ until: '2027-01-01', out }, terminal));
const accept = (seen: { seq: number; hash: string } | null) =>
  run(env, (terminal) =>
    acceptAuditLoss({ reason: 'the disk burned', ...(seen ? { seen: `${seen.seq}:${seen.hash}` } : {}) }, terminal),
  );
const verify = (options: VerifyOptions = {}) => run(env, (terminal) => verifyAudit(options, terminal));
const archivedUpTo = () => opened.redis.hgetall(opened.keys.archivedUpTo);

const PART = { by: 'a test', log: 'log', first: 1, count: 1, at: '2026-03-01T00:00:00.000Z' };

describe('where an archive ends', () => {
  it('moves with the record that says so, and not without it', async () => {
    await write(5);
    await archive();
    expect(await archivedUpTo()).toMatchObject({ seq: '4', by: '6', log: opened.ledger.position()?.log });
    const event = (last: number, hash: string) => plainEvent('audit.archived', { detail: { ...PART, last, hash } });
    const [, , hash = ''] = (await opened.redis.xrange(opened.keys.audit, '5-0', '5-0'))[0]?.[1] ?? [];
    for (const stale of [event(5, 'ab'.repeat(32)), event(4, hash), event(9, hash)]) {
      await opened.ledger.recheck();
      const moved = await opened.ledger.commit({ op: randomUUID(), prior: null, events: [stale] });
      expect(moved.kind).toBe('moved');
    }
    expect(await archivedUpTo()).toMatchObject({ seq: '4' });
    expect(await opened.redis.xlen(opened.keys.audit)).toBe(2);
  });

  it('lets a bot that saw less than was archived go on', async () => {
    await write(3);
    const behind = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '', clock: CLOCK });
    await behind.ledger.recheck();
    await write(3);
    await archive();
    await archive();
    expect(await opened.redis.xrange(opened.keys.audit, '-', '3-0')).toEqual([]);
    await expect(behind.ledger.recheck()).resolves.toMatchObject({ seq: 8 });
    behind.close();
  });

  it('is not believed by a bot without a record under a key of its own', async () => {
    await write(12);
    const head = await opened.ledger.head();
    if (!head) throw new Error('no head');
    await opened.redis.del(opened.keys.audit);
    for (const event of [
      plainEvent('policy.loaded', { detail: null }),
      plainEvent('audit.archived', { detail: { ...PART, last: 99, hash: 'cd'.repeat(32) } }),
    ]) {
      const bytes = writeRecord({ ...head, seq: 99, hash: 'cd'.repeat(32) }, event, 'x', CLOCK.now());
      const { hash, mac } = sealRecord(bytes, { kid: 'k1', key: Buffer.alloc(32, 9) });
      await opened.redis.del(opened.keys.audit);
      await opened.redis.xadd(opened.keys.audit, '100-0', 'b', bytes, 'h', hash, 'm', mac, 'k', 'k1');
      await opened.redis.hset(opened.keys.head, { seq: 100, hash: hash.toString('hex') });
      await opened.redis.hset(opened.keys.archivedUpTo, { log: head.log, seq: 99, hash: 'cd'.repeat(32), by: 100 });
      const bot = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '', checkpoint: head });
      await expect(bot.ledger.recheck()).rejects.toThrow(LedgerLost);
      bot.close();
    }
  });

  it.each(['all behind it', 'all behind it and the head', 'the record that says so'] as const)(
    'stays good where %s is lost, and that was accepted',
    async (lost) => {
      await write(8);
      const file = join(folder, 'archive');
      await archive(file);
      await write(4);
      const seen = opened.ledger.position();
      if (!seen) throw new Error('nothing seen');
      if (lost === 'the record that says so') {
        // 8 is left: 9 said that 1 to 7 were archived.
        for (let seq = 9; seq <= 13; seq++) await opened.redis.xdel(opened.keys.audit, `${seq}-0`);
      } else await opened.redis.xtrim(opened.keys.audit, 'MAXLEN', 0);
      if (lost === 'all behind it and the head') await opened.redis.del(opened.keys.head);
      await expect(opened.ledger.recheck()).rejects.toThrow(LedgerLost);

      expect((await accept(seen)).out).toContain(`accepted as record 14`);
      await expect(opened.ledger.recheck()).resolves.toMatchObject({ seq: 14 });
      await write(1);
      expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('8 … 15') });
      expect(await verify({ archive: file })).toMatchObject({ code: 0, out: expect.stringContaining('1 … 15') });
      // The archive's own rules hold for the new part too.
      const second = join(folder, 'second');
      await archive(second);
      expect(await verify()).toMatchObject({ code: 0 });
      expect(await verify({ archive: [file, second] })).toMatchObject({ code: 0 });
    },
  );

  it('moves with a checkpoint that a running bot makes at once, where the command keeps no file', async () => {
    await write(3);
    const bot = createCheckpoints({ ...opened, ...BOT, file: join(folder, 'bot'), alarms: createAuditAlarms() });
    expect(await bot.round()).toEqual([]);
    expect((await archive()).said).toContain('AUDIT_CHECKPOINT_FILE is not set here');
    expect(await bot.round()).toEqual([expect.stringContaining('"seq":4,')]);
    await write(1);
    expect((await archive(undefined, { AUDIT_CHECKPOINT_FILE: join(folder, 'own') })).said).not.toContain('note');
    expect(await readFile(join(folder, 'own'), 'utf8')).toContain('"seq":4,');
  });
});

describe('a whole file', () => {
  it('replaces none that somebody else made meanwhile', async () => {
    const out = join(folder, 'out');
    const made = writeWholeFile(
      out,
      () => writeFile(out, 'theirs'),
      async (to) => void to.end('mine'),
    );
    await expect(made).rejects.toThrow('was made by somebody else meanwhile');
    expect(await readFile(out, 'utf8')).toBe('theirs');
  });
});

describe('what an accepted loss says', () => {
  /** The gap that its detail names is the one that is there, and what was seen lies within what it gives up. */
  async function expectExact(losses: number): Promise<void> {
    let last = Number((await archivedUpTo()).seq ?? 0);
    let found = 0;
    for (const [, fields] of await opened.redis.xrange(opened.keys.audit, '-', '+')) {
      const { seq, event, detail } = JSON.parse(fields[1] ?? '');
      if (event === 'loss.accepted') {
        found += 1;
        expect(detail.gap).toEqual(seq > last + 1 ? { first: last + 1, last: seq - 1 } : null);
        expect(detail.seen).toMatchObject({ seq: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
        expect(detail.seen.seq).toBeLessThan(seq);
        expect(detail.from).toBeLessThanOrEqual(detail.seen.seq);
      } else expect(seq).toBe(last + 1);
      last = seq;
    }
    expect(found).toBe(losses);
    expect(await verify()).toMatchObject({ code: 0 });
  }

  it('is so, loss after loss; what each gave up stays given up', async () => {
    await write(4);
    const first = await snapshot(opened);
    await write(3);
    const seven = opened.ledger.position();
    await restore(opened, first);
    await accept(seven);
    await expectExact(1);

    // A fork of what came then, which went further.
    await opened.ledger.recheck();
    const second = await snapshot(opened);
    await write(2);
    const ten = opened.ledger.position();
    await restore(opened, second);
    const other = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '', clock: CLOCK });
    for (let number = 0; number < 4; number++) await other.ledger.commit(policyLoaded(randomUUID()));
    await accept(ten);
    await expectExact(2);
    other.close();

    // A bot that slept through both.
    const late = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '', checkpoint: seven });
    await expect(late.ledger.recheck()).resolves.toMatchObject({ seq: 13 });
    late.close();
    await expect(accept(seven)).rejects.toThrow('nothing is lost');
    await opened.ledger.recheck();
    await archive();
    await write(1);
    await opened.redis.xtrim(opened.keys.audit, 'MAXLEN', 0);
    await accept(opened.ledger.position());
    await expectExact(1);
  });

  it('is accepted once for each log that bots saw', async () => {
    await write(2);
    const sights = [
      { log: 'one', seq: 5, hash: 'ab'.repeat(32) },
      { log: 'two', seq: 9, hash: 'cd'.repeat(32) },
    ];
    await publishPositions(opened.redis, opened.keys, sights, AUDIT_KEYS);
    expect((await accept(null)).said).toContain('record 5');
    await expect(opened.ledger.recheck()).rejects.toThrow(LedgerLost);
    expect((await accept(null)).said).toContain('go on by themselves');
    await expectExact(2);
    await expect(opened.ledger.recheck()).resolves.toMatchObject({ seq: 11 });
  });
});

describe('audit accept-loss --seen', () => {
  it('is refused far above all that is known, and says what is known', async () => {
    await write(3);
    const hash = 'ab'.repeat(32);
    await expect(accept({ seq: 999_999_999_999_999, hash })).rejects.toThrow('record 3 is the highest');
    expect(await opened.redis.xlen(opened.keys.audit)).toBe(3);
  });

  it('may be as far as a checkpoint has it, and the log goes on from there', async () => {
    await write(3);
    const { log = '' } = opened.ledger.position() ?? {};
    const seq = 999_999_999_999_990;
    const checkpoint = { log, seq, hash: 'ab'.repeat(32), count: seq, at: '2026-03-01T00:00:00.000Z' };
    env.AUDIT_CHECKPOINT_FILE = join(folder, 'checkpoints');
    await writeFile(env.AUDIT_CHECKPOINT_FILE, `${JSON.stringify({ checkpoint })}\n`);
    await accept(null);
    await opened.ledger.recheck();
    await write(15);
    expect(await opened.ledger.head()).toMatchObject({ seq: seq + 16 });
    expect(await verify()).toMatchObject({ code: 0 });
  });
});
