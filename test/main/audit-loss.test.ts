import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { acceptAuditLoss } from '../../src/commands/accept-audit-loss.ts';
import { archiveAudit } from '../../src/commands/archive-audit.ts';
import { printAuditKey } from '../../src/commands/audit-key.ts';
import { exportAudit } from '../../src/commands/export-audit.ts';
import { type VerifyOptions, verifyAudit } from '../../src/commands/verify-audit.ts';
import type { AuditEvent } from '../../src/domain/audit-event.ts';
import { createAuditAlarms } from '../../src/ledger/audit-alarms.ts';
import { createCheckpoints } from '../../src/ledger/audit-checkpoints.ts';
import { publishSights } from '../../src/ledger/audit-loss.ts';
import { readSettings } from '../../src/settings.ts';
import { LedgerLost } from '../../src/workflow/faults.ts';
import type { Change } from '../../src/workflow/ports.ts';
import { asked, asking, AUDIT_KEYS as LOG_KEYS, openLedger, restore, snapshot } from '../ledger/given-ledger.ts';
import { newSigningKey, run } from '../ledger/log-fixture.ts';

const AUDIT_KEYS = `k1:${'07'.repeat(32)}`;
const SLACK = {
  ...{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef' },
  POLICY_FILE: fileURLToPath(new URL('../../policy.example.yml', import.meta.url)),
};
const LATER = { now: () => new Date('2030-01-01T00:00:00.000Z') };

let folder: string;
let opened: Awaited<ReturnType<typeof openLedger>>;
let env: NodeJS.ProcessEnv;
let signing: ReturnType<typeof newSigningKey>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-loss-'));
  opened = await openLedger();
  signing = newSigningKey();
  env = {
    REDIS_URL: inject('redisUrl'),
    REDIS_KEY_PREFIX: opened.keys.head.slice(1, opened.keys.head.indexOf('}')),
    AUDIT_KEYS,
    AUDIT_SIGNING_KEY: signing.base64,
    AUDIT_CHECKPOINT_FILE: join(folder, 'checkpoints.jsonl'),
  };
});
afterEach(async () => {
  opened.close();
  await rm(folder, { recursive: true });
});

async function write(from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number++) await asked(opened.ledger, number);
}

/** A round of checkpoints, with the clock so far on that one is due. */
async function checkpoint(): Promise<void> {
  const { redis, keys } = opened;
  const options = { redis, keys, signingKey: null, file: env.AUDIT_CHECKPOINT_FILE ?? null };
  const key = (await import('../../src/config.ts')).readAuditKeys(env);
  if (!key.ok) throw new Error('keys');
  await redis.hset(keys.checkpoint, { seq: 0, at: 0 });
  await createCheckpoints({
    ...{ ...options, signingKey: key.value.signingKey, clock: LATER },
    ...{ auditKeys: LOG_KEYS, alarms: createAuditAlarms() },
  }).round();
}

const accept = (seen?: string, but: NodeJS.ProcessEnv = {}) =>
  run({ ...env, ...but }, (terminal) =>
    acceptAuditLoss({ reason: 'the disk burned', ...(seen === undefined ? {} : { seen }) }, terminal),
  );
const verify = (options: VerifyOptions = {}, but: NodeJS.ProcessEnv = {}) =>
  run({ ...env, ...but }, (terminal) => verifyAudit(options, terminal));
const verifyAll = () => verify({ checkpoints: env.AUDIT_CHECKPOINT_FILE ?? '' });
const lastRecord = async () => {
  const [last] = await opened.redis.xrevrange(opened.keys.audit, '+', '-', 'COUNT', 1);
  return JSON.parse(last?.[1][1] ?? '');
};

describe('audit accept-loss', () => {
  it('goes on after an emptied log, at the place after the highest ever seen', async () => {
    await write(1, 5);
    await checkpoint();
    await restore(opened, new Map());
    expect((await verifyAll()).code).toBe(1);
    const accepted = await accept();
    expect(accepted).toMatchObject({ code: 0, out: expect.stringContaining('accepted as record 6') });
    expect(await lastRecord()).toMatchObject({
      ...{ seq: 6, event: 'loss.accepted', reason: 'the disk burned', prev: '0'.repeat(64) },
      detail: { gap: { first: 1, last: 5 }, survived: null, seen: { seq: 5 } },
    });
    const found = await verifyAll();
    expect(found).toMatchObject({ code: 0 });
    expect(found.out).toContain('accepted as lost: 1 … 5');
    // The bot that saw the records goes on by itself.
    await expect(opened.ledger.look()).resolves.toMatchObject({ seq: 6 });
    await asked(opened.ledger, 7);
    expect((await verifyAll()).out).toContain('2 records');
  });

  it('goes on after an older copy was put back', async () => {
    await write(1, 3);
    const backup = await snapshot(opened);
    await write(4, 6);
    await checkpoint();
    await restore(opened, backup);
    await expect(opened.ledger.look()).rejects.toThrow(LedgerLost);
    await expect(opened.ledger.commit(asking(90))).rejects.toThrow(LedgerLost);
    expect((await verifyAll()).out).toMatch(/completeness +fault +ends at 3, and a checkpoint has seen record 6/);
    const third = JSON.parse((await opened.redis.xrange(opened.keys.audit, '3-0', '3-0'))[0]?.[1][1] ?? '');
    expect(third.seq).toBe(3);
    await accept();
    expect(await lastRecord()).toMatchObject({
      seq: 7,
      detail: { gap: { first: 4, last: 6 }, survived: { seq: 3 }, from: 4 },
    });
    await opened.ledger.look();
    expect(opened.ledger.lost()).toBeNull();
    await asked(opened.ledger, 91);
    expect(await verifyAll()).toMatchObject({ code: 0, out: expect.stringContaining('1 given up') });
    await expect(accept()).rejects.toThrow('nothing is lost');
  });

  it('goes on after a fork that went further, and a process that begins later does too', async () => {
    await write(1, 3);
    await checkpoint();
    const backup = await snapshot(opened);
    await write(4, 5);
    const seen = opened.ledger.seen();
    await restore(opened, backup);
    const other = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '' });
    for (let number = 11; number <= 14; number++) await asked(other.ledger, number);
    await expect(opened.ledger.look()).rejects.toThrow(LedgerLost);
    await accept(`5:${seen?.hash}`);
    expect(await lastRecord()).toMatchObject({
      seq: 8,
      detail: { gap: null, from: 4, seen: { seq: 5 }, survived: { seq: 7 } },
    });
    await opened.ledger.look();
    await other.ledger.look();
    await asked(opened.ledger, 92);
    await asked(other.ledger, 93);
    expect(await verifyAll()).toMatchObject({ code: 0 });
    const late = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '', witness: seen });
    await asked(late.ledger, 94);
    late.close();
    other.close();
  });

  it('knows from a bot that stands still what was seen, without --seen and checkpoints', async () => {
    await write(1, 4);
    const seen = opened.ledger.seen();
    await restore(opened, new Map());
    await publishSights(opened.redis, opened.keys, seen ? [seen] : [], LOG_KEYS);
    await accept(undefined, { AUDIT_CHECKPOINT_FILE: undefined });
    expect(await lastRecord()).toMatchObject({ seq: 5, log: seen?.log });
    expect(await opened.redis.exists(opened.keys.seen)).toBe(0);
  });

  it('is refused where nothing is lost, without a reason, a key or a place that can be read', async () => {
    await write(1, 2);
    await checkpoint();
    await expect(accept()).rejects.toThrow('nothing is lost');
    const { seq, hash } = opened.ledger.seen() ?? {};
    await expect(accept(`${seq}:${hash}`)).rejects.toThrow('nothing is lost');
    await expect(accept('5:abc')).rejects.toThrow("can't be read");
    await expect(accept(undefined, { AUDIT_KEYS: undefined })).rejects.toThrow('AUDIT_KEYS is not set');
    await expect(run(env, (terminal) => acceptAuditLoss({ reason: ' ' }, terminal))).rejects.toThrow('--reason');
    expect(await opened.redis.xlen(opened.keys.audit)).toBe(2);
  });

  it('is believed by a bot only under a key of its own', async () => {
    await write(1, 2);
    await checkpoint();
    await restore(opened, new Map());
    await accept(undefined, { AUDIT_KEYS: `k1:${'08'.repeat(32)}` });
    await expect(opened.ledger.look()).rejects.toThrow(LedgerLost);
  });
});

describe('a process that begins with a checkpoint', () => {
  it('writes nothing on an emptied or older log', async () => {
    await write(1, 3);
    const witness = opened.ledger.seen();
    await restore(opened, new Map());
    const late = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '', witness });
    await expect(late.ledger.commit(asking(9))).rejects.toThrow(LedgerLost);
    expect([...(await snapshot(opened)).keys()]).toEqual([opened.keys.seen]);
    expect(late.ledger.lost()?.message).toContain(`--seen 3:${witness?.hash}`);
    late.close();
  });

  it('goes on where the log has it', async () => {
    await write(1, 3);
    const witness = opened.ledger.seen();
    await write(4, 5);
    const late = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '', witness });
    await asked(late.ledger, 6);
    late.close();
  });
});

/** A refusal that says of itself what the request would have said. */
function refusedLike({ events: [asked] }: Change): AuditEvent {
  if (!asked) throw new Error('nothing asked');
  return { ...asked, event: 'refused', detail: { why: 'no-rule' } };
}

describe('audit archive', () => {
  const archive = (out: string, until: string) => run(env, (terminal) => archiveAudit({ until, out }, terminal));

  it('moves a prefix to a file; both together are one log, and what is left stands on its own', async () => {
    let minute = 0;
    opened.close();
    opened = await openLedger({
      prefix: env.REDIS_KEY_PREFIX ?? '',
      clock: { now: () => new Date(Date.parse('2026-03-01T00:00:00Z') + minute * 60_000) },
    });
    for (minute = 1; minute <= 12; minute++) {
      await opened.ledger.commit({
        op: `p:${minute}`,
        prior: null,
        events: [refusedLike(asking(1))],
      });
    }
    const [one, two, rest] = ['one', 'two', 'rest'].map((name) => join(folder, name)) as [string, string, string];
    expect((await archive(one, '2026-03-01T00:05:00Z')).said).toContain('4 records, 1 to 4');
    expect(await opened.redis.xrange(opened.keys.audit, '-', '4-0')).toEqual([]);
    expect(await opened.redis.zrange(opened.keys.indexRequest('r-0000000001'), '0', '0')).toEqual(['5']);
    expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('5 … 13') });
    expect((await archive(two, '2026-03-01T00:09:00Z')).said).toContain('4 records, 5 to 8');
    expect(await verify({ archive: [two, one] })).toMatchObject({
      code: 0,
      out: expect.stringContaining('14 records'),
    });
    expect((await verify({ archive: two })).out).toContain('5 … 14');
    await run(env, (terminal) => exportAudit({ format: 'jsonl', out: rest }, terminal));
    expect(await verify({ file: [rest, one, two] })).toMatchObject({ code: 0, out: expect.stringContaining('1 … 14') });
    expect((await verify({ file: [rest, one] })).code).toBe(1);
    expect((await readFile(env.AUDIT_CHECKPOINT_FILE ?? '', 'utf8')).trimEnd().split('\n')).toHaveLength(2);
    expect(await verify({ archive: [one, two], checkpoints: env.AUDIT_CHECKPOINT_FILE ?? '' })).toMatchObject({
      code: 0,
    });
    // A floor that no record vouches for hides a beginning that was deleted.
    await opened.redis.xtrim(opened.keys.audit, 'MINID', '11-0');
    await opened.redis.hset(opened.keys.floor, 'seq', '10', 'hash', (await lastRecord()).prev);
    expect((await verify()).code).toBe(1);
    await asked(opened.ledger, 55);
  });

  it('leaves the last record, and those of open requests', async () => {
    await opened.ledger.commit({
      op: 'p',
      prior: null,
      events: [refusedLike(asking(1))],
    });
    await write(2, 3);
    const { said } = await archive(join(folder, 'a'), '2029-01-01').catch((fault: Error) => ({ said: fault.message }));
    expect(said).toContain('1 records, 1 to 1');
    expect(said).toContain('open request');
    expect((await verify()).code).toBe(0);
  });
});

describe('a command on a log that is lost', () => {
  const sights = {
    'a bot found it': async () => {
      const other = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '' });
      await other.ledger.look();
      return { other, env: { ...env, AUDIT_CHECKPOINT_FILE: undefined } };
    },
    'the checkpoint file tells': async () => {
      await checkpoint();
      return { other: null, env };
    },
  };

  it.each(Object.keys(sights) as (keyof typeof sights)[])(
    '%s: it writes nothing, and archives nothing',
    async (how) => {
      await write(1, 3);
      const backup = await snapshot(opened);
      await write(4, 5);
      const { other, env: own } = await sights[how]();
      await restore(opened, backup);
      await other?.ledger.look().catch(() => {});
      const out = join(folder, 'export');
      const { said } = await run(own, (terminal) => exportAudit({ format: 'jsonl', out }, terminal));
      expect(said).toMatch(/note: record 5 .*--seen 5:[0-9a-f]{64}.*\n.*not recorded\n3 records, 1 to 3/);
      const archive = { until: '2029-01-01', out: join(folder, 'archive') };
      await expect(run(own, (terminal) => archiveAudit(archive, terminal))).rejects.toThrow(
        'nothing is archived: record 5',
      );
      expect(await opened.redis.xlen(opened.keys.audit)).toBe(3);

      await accept(undefined, own);
      const { said: after } = await run(own, (terminal) => exportAudit({ format: 'csv' }, terminal));
      expect(after).toBe('4 records, 1 to 6');
      expect(await lastRecord()).toMatchObject({ seq: 7, event: 'audit.exported' });
      other?.close();
    },
  );

  it('does nothing by a checkpoint file of which it can believe nothing', async () => {
    await write(1, 2);
    await checkpoint();
    const first = { AUDIT_SIGNING_KEY: newSigningKey().base64 };
    for (const work of [
      () => accept(undefined, first),
      () =>
        run({ ...env, ...first }, (terminal) =>
          archiveAudit({ until: '2029-01-01', out: join(folder, 'a') }, terminal),
        ),
      () => readSettings({ ...env, ...first, ...SLACK }),
    ]) {
      await expect(work()).rejects.toThrow('none is signed by AUDIT_SIGNING_KEY');
    }
    await expect(readSettings({ ...env, ...SLACK })).resolves.toMatchObject({ witness: { seq: 2 } });
    const begun = { AUDIT_CHECKPOINT_FILE: join(folder, 'new'), ...first };
    await expect(readSettings({ ...env, ...begun, ...SLACK })).resolves.toMatchObject({ witness: null });
  });
});

describe('audit key', () => {
  it('prints the public half', async () => {
    const { out } = await run(env, async (terminal) => printAuditKey(terminal));
    expect(out).toBe(signing.publicKey.export({ format: 'pem', type: 'spki' }));
    await expect(run({}, async (terminal) => printAuditKey(terminal))).rejects.toThrow('AUDIT_SIGNING_KEY is not set');
  });
});
