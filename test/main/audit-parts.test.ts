import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { archiveAudit } from '../../src/commands/archive-audit.ts';
import { printAuditKey } from '../../src/commands/audit-key.ts';
import { exportAudit } from '../../src/commands/export-audit.ts';
import { type VerifyOptions, verifyAudit } from '../../src/commands/verify-audit.ts';
import { readAuditKeys } from '../../src/config.ts';
import { createAuditAlarms } from '../../src/ledger/audit-alarms.ts';
import { createCheckpoints } from '../../src/ledger/audit-checkpoints.ts';
import type { Connection } from '../../src/ledger/connection.ts';
import { verifyRedisLog } from '../../src/ledger/verify-redis-log.ts';
import { newSigningKey, run, START, writeLog } from '../ledger/log-fixture.ts';

let folder: string;
let log: Awaited<ReturnType<typeof writeLog>>;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-parts-'));
  log = await writeLog(inject('redisUrl'), 20);
  env = { ...log.env, AUDIT_SIGNING_KEY: newSigningKey().base64 };
});
afterEach(async () => {
  log.close();
  await rm(folder, { recursive: true });
});

const minute = (number: number) => new Date(START + number * 60_000).toISOString();
const at = (name: string) => join(folder, name);
const verify = (options: VerifyOptions = {}, but: NodeJS.ProcessEnv = {}) =>
  run({ ...env, ...but }, (terminal) => verifyAudit(options, terminal));
const archive = (name: string, until: number, but: NodeJS.ProcessEnv = {}) =>
  run({ ...env, ...but }, (terminal) => archiveAudit({ until: minute(until), out: at(name) }, terminal));
const exported = (name: string, range: { since?: string; until?: string } = {}, but: NodeJS.ProcessEnv = {}) =>
  run({ ...env, ...but }, (terminal) => exportAudit({ format: 'jsonl', out: at(name), ...range }, terminal));
/** The head line, and the lines of the records. */
const linesOf = async (name: string) =>
  (await readFile(at(name), 'utf8')).trimEnd().split('\n') as [string, ...string[]];
async function saved(name: string, lines: string[]): Promise<string> {
  await writeFile(at(name), `${lines.join('\n')}\n`);
  return at(name);
}
const unsigned = { AUDIT_SIGNING_KEY: undefined };

describe('archives before the log in Redis', () => {
  it('are faulty without a signature where there is a key, and in each thing that their heads say', async () => {
    await archive('a', 11);
    const [head, ...records] = await linesOf('a');
    const claim = JSON.parse(head).export;
    const changed = (name: string, but: object, lines = records) =>
      saved(name, [JSON.stringify({ export: { ...claim, ...but } }), ...lines]);
    expect((await verify({ archive: at('a') })).code).toBe(0);
    const cut = await changed('cut', { first: 6, count: 5 }, records.slice(5));
    expect(await verify({ archive: cut })).toMatchObject({
      code: 1,
      out: expect.stringMatching(/authenticity +fault +the head of .*cut is not signed, and a signing key is given/),
    });
    // Without a key too, for no record says that 1 … 5 were archived.
    const found = await verify({ archive: cut }, unsigned);
    expect([found.code, found.out]).toEqual([1, expect.stringContaining('no record says that 1 … 5 were archived')]);
    for (const but of [
      ...[{ log: 'other' }, { first: 2 }, { last: 9 }, { last: 11 }],
      ...[{ hash: 'ab'.repeat(32) }, { count: 9 }, { count: 11 }],
    ]) {
      const { code, out } = await verify({ archive: await changed('changed', but) }, unsigned);
      expect([but, code]).toEqual([but, 1]);
      expect(out).toMatch(/completeness +fault/);
    }
    const forged = await saved('forged', [head.replace('"count":10', '"count":11'), ...records]);
    expect((await verify({ archive: forged })).out).toMatch(
      /the signature of the head of .*forged is not by AUDIT_SIGNING_KEY/,
    );
    const headless = await verify({ archive: await saved('headless', records) });
    expect([headless.code, headless.out]).toEqual([1, expect.stringMatching(/the head of .*headless is missing/)]);
  });

  it('may be some of several, where a record says that those before were archived', async () => {
    await archive('a', 6);
    await archive('b', 11);
    for (const given of [[at('b')], [at('b'), at('a')]]) expect((await verify({ archive: given })).code).toBe(0);
    expect((await verify({ archive: at('a') })).code).toBe(1);
  });

  it('are never all of the log: where Redis holds nothing, its end was lost', async () => {
    await archive('a', 11);
    await log.redis.del(log.keys.audit, log.keys.head, log.keys.archivedUpTo);
    expect(await verify({ archive: at('a') })).toMatchObject({
      code: 1,
      out: expect.stringContaining('Redis holds no log, and the last record is never archived'),
    });
  });

  it('may have left their records in Redis as well, alike', async () => {
    const all = await log.redis.xrangeBuffer(log.keys.audit, '-', '+');
    await archive('a', 11);
    const rest = await log.redis.xrangeBuffer(log.keys.audit, '11-0', '+');
    const putBack = async (first: (fields: Buffer[], id: string) => (Buffer | string)[] | null) => {
      await log.redis.del(log.keys.audit, log.keys.archivedUpTo);
      for (const [id, fields] of [...all.slice(0, 10), ...rest]) {
        const put = first(fields, id.toString());
        if (!put) continue;
        await log.redis.xadd(log.keys.audit, id.toString(), ...put);
        const seq = id.toString().split('-')[0] ?? '';
        if (put.toString().includes('U0OPER')) await log.redis.zadd(log.keys.indexUser('T0', 'U0OPER'), seq, seq);
      }
    };
    await putBack((fields) => fields);
    const found = await verify({ archive: at('a') });
    expect([found.code, found.out]).toEqual([0, expect.stringContaining('1 … 10 in two parts, alike (overlap)')]);
    expect((await verify()).code).toBe(0);
    // Made anew, the archive has more than the first; they are one log together with what is left.
    await archive('b', 16);
    expect((await verify({ archive: [at('a'), at('b')] })).code).toBe(0);
    expect((await verify({ file: [at('b'), at('a')] })).code).toBe(0);
    expect((await verify({ archive: at('b') })).code).toBe(0);

    const other = (fields: Buffer[]) => [
      'b',
      fields[1]?.toString().replace('U0OPER', 'U0EVIL') ?? '',
      ...fields.slice(2),
    ];
    await putBack((fields, id) => (id === '5-0' ? other(fields) : fields));
    const changed = await verify({ archive: at('a') });
    expect([changed.code, changed.out]).toEqual([1, expect.stringContaining('entry 5-0')]);
    const mac = (fields: Buffer[]) => fields.with(5, Buffer.alloc(32, 1));
    await putBack((fields, id) => (id === '5-0' ? mac(fields) : fields));
    expect((await verify({ archive: at('a') })).code).toBe(1);
  });

  it('that are moved while the log is read leave nothing missing', async () => {
    await archive('a', 6);
    const more = await writeLog(inject('redisUrl'), 1200);
    let reads = 0;
    // Between the first page and the second, an archive takes out what comes next.
    const redis = new Proxy(more.redis, {
      get(target, name: keyof Connection) {
        const own = target[name] as unknown;
        if (typeof own !== 'function') return own;
        if (name !== 'xrangeBuffer') return own.bind(target);
        return async (...args: unknown[]) => {
          const page = (await own.apply(target, args)) as unknown[];
          reads += 1;
          if (reads === 1) {
            const moreEnv = { REDIS_KEY_PREFIX: more.env.REDIS_KEY_PREFIX };
            expect((await archive('moved', 1101, moreEnv)).code).toBe(0);
          }
          return page;
        };
      },
    });
    const keys = readAuditKeys(env);
    const found = await verifyRedisLog(redis, more.keys, keys.ok ? keys.value.keys : null);
    expect(found).toMatchObject({ faulty: false, completeness: { why: '1,101 … 1,201, as the head in Redis says' } });
    more.close();
  });
});

describe('several files of one log', () => {
  it('are each held against their own head', async () => {
    await exported('a', { until: minute(11) });
    await exported('b', { since: minute(11) });
    expect((await verify({ file: [at('b'), at('a')] })).code).toBe(0);
    const other = await writeLog(inject('redisUrl'), 20);
    await exported('other', { until: minute(11) }, { REDIS_KEY_PREFIX: other.env.REDIS_KEY_PREFIX });
    other.close();
    const [, ...records] = await linesOf('a');
    const mixed = await saved('mixed', [(await linesOf('other'))[0], ...records]);
    expect(await verify({ file: [mixed, at('b')] })).toMatchObject({
      code: 1,
      out: expect.stringMatching(/the head of .*mixed is of another log/),
    });
    const short = await saved('short', [(await linesOf('a'))[0], ...records.slice(0, 9)]);
    expect((await verify({ file: [short, at('b')] })).out).toContain('first bad seq: 10\n');
  });

  it('may have records in common, alike and in order', async () => {
    await exported('a', { until: minute(11) });
    await exported('b', { since: minute(6) });
    const found = await verify({ file: [at('a'), at('b')] });
    expect([found.code, found.out]).toEqual([0, expect.stringContaining('6 … 10 in two parts, alike (overlap)')]);
    const [head, ...records] = await linesOf('b');
    const twice = await saved('twice', [head, ...records.slice(0, 2), ...records]);
    expect((await verify({ file: [at('a'), twice] })).code).toBe(1);
    const less = await saved('less', [head, ...records.toSpliced(2, 1)]);
    expect((await verify({ file: [at('a'), less] })).code).toBe(1);
  });
});

describe('checkpoints', () => {
  async function checkpoint() {
    const keys = readAuditKeys(env);
    if (!keys.ok) throw new Error('no key');
    const { redis, keys: names } = log;
    await redis.hset(names.checkpoint, { seq: 0, at: 0 });
    const { signingKey } = keys.value;
    await createCheckpoints({
      redis,
      keys: names,
      signingKey,
      file: at('c'),
      clock: { now: () => new Date() },
      ...{ auditKeys: keys.value.keys ?? [], alarms: createAuditAlarms() },
    }).round();
  }

  it('of AUDIT_CHECKPOINT_FILE are held against the log in Redis, unless others are named', async () => {
    await checkpoint();
    const kept = { AUDIT_CHECKPOINT_FILE: at('c') };
    expect(await verify({}, kept)).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 of 1 checkpoint borne out'),
    });
    await exported('a');
    expect((await verify({ file: at('a') }, kept)).out).not.toContain('checkpoint');
    await log.redis.del(log.keys.audit, log.keys.head);
    expect(await verify({}, kept)).toMatchObject({
      code: 1,
      out: expect.stringContaining('Redis holds no log, and there was one'),
    });
    expect((await verify({ checkpoints: at('c') })).code).toBe(1);
    await expect(verify({ checkpoints: at('none') }, kept)).rejects.toThrow('none is not there');
  });

  it('that can not be had leave it unknown whether the end is there', async () => {
    const completeness = async (file: string) => {
      const { code, out } = await verify({}, { AUDIT_CHECKPOINT_FILE: file });
      return [code, out.split('\n')[1]?.replaceAll(/ +/g, ' ')];
    };
    expect(await completeness(at('none'))).toEqual([
      0,
      'completeness unknown AUDIT_CHECKPOINT_FILE is not there, so it bears no witness of the end; 1 … 20, as the head in Redis says',
    ]);
    expect((await completeness(folder))[1]).toContain("unknown AUDIT_CHECKPOINT_FILE can't be read (EISDIR), so");
    expect((await completeness(await saved('bad', ['x', 'y'])))[1]).toContain(
      'has lines that are no checkpoint: 1, 2, so',
    );
    expect((await completeness(await saved('empty', [''])))[1]).toContain('has no checkpoint in it, so');
    await checkpoint();
    await appendFile(at('c'), 'cut sho\n');
    expect((await completeness(at('c')))[1]).toBe(
      'completeness ok 1 … 20, as the head in Redis says; 1 of 1 checkpoint borne out; AUDIT_CHECKPOINT_FILE has lines that are no checkpoint: 2',
    );
    await log.redis.xdel(log.keys.audit, '20-0');
    expect((await completeness(at('none')))[0]).toBe(1);
  });

  it('of after an export that was signed are no fault of it', async () => {
    await exported('old', { until: minute(11) });
    await exported('old-unsigned', { until: minute(11) }, unsigned);
    await checkpoint();
    const found = await verify({ file: at('old'), checkpoints: at('c') });
    expect([found.code, found.out]).toEqual([
      0,
      expect.stringContaining('0 of 1 checkpoint borne out, 1 of records after these'),
    ]);
    expect((await verify({ file: at('old-unsigned'), checkpoints: at('c') }, unsigned)).code).toBe(1);
  });

  it('and heads are checked by the public half alone, of the keys that were rotated too', async () => {
    const pem = async (name: string) => {
      await writeFile(at(name), (await run(env, async (terminal) => printAuditKey(terminal))).out);
      return at(name);
    };
    const first = await pem('first.pem');
    await exported('a', { until: minute(11) });
    await checkpoint();
    env = { ...env, AUDIT_SIGNING_KEY: newSigningKey().base64 };
    const second = await pem('second.pem');
    await exported('b', { since: minute(11) });
    const file = [at('a'), at('b')];
    const both = await verify({ file, checkpoints: at('c'), publicKey: [first, second] }, unsigned);
    expect([both.code, both.out]).toEqual([0, expect.stringContaining('2 heads: each is signed by AUDIT_SIGNING_KEY')]);
    expect((await verify({ file, publicKey: first })).code).toBe(0);
    expect((await verify({ file })).code).toBe(1);
    const one = await verify({ file, publicKey: second }, unsigned);
    expect([one.code, one.out]).toEqual([1, expect.stringMatching(/the signature of the head of .*a is not by/)]);
    const old = await verify({ file: at('b'), checkpoints: at('c'), publicKey: second }, unsigned);
    expect(old).toMatchObject({ code: 1, out: expect.stringContaining('is not signed by AUDIT_SIGNING_KEY') });
    const [head, ...records] = await linesOf('b');
    const bare = await saved('bare', [head.replace(/,"sig":"[^"]*"/, ''), ...records]);
    expect((await verify({ file: bare, publicKey: second }, unsigned)).out).toContain(
      'is not signed, and a signing key is given',
    );
    await expect(verify({ file, publicKey: at('none') })).rejects.toThrow("none can't be read");
    await expect(verify({ file, publicKey: at('a') })).rejects.toThrow('is no public Ed25519 key');
  });
});
