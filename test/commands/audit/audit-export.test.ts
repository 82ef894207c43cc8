import { verify as verifySignature } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExportOptions } from '../../../src/commands/audit/export-audit.ts';
import { newSigningKey } from '../../audit/log/log-fixture.ts';
import {
  exported,
  folder,
  givenExportedLog,
  headOf,
  minute,
  newLog,
  saved,
  verified,
  withoutKeys,
  words,
} from './given-exported-log.ts';

givenExportedLog();

describe('audit export', () => {
  it('begins with a head, then has each record as it lies in the log', async () => {
    const { env, redis, keys } = await newLog(4);
    const { out, code, said } = await exported(env);
    const [head = '', ...lines] = out.trimEnd().split('\n');
    const stored = await redis.xrangeBuffer(keys.audit, '1-0', '4-0');
    const [first] = stored;
    const fields = (index: number) => stored[index]?.[1] ?? [];
    expect(code).toBe(0);
    expect(said).toBe('4 records, 1 to 4');
    expect(Object.keys(JSON.parse(head) as object)).toEqual(['export']);
    expect(headOf(out)).toEqual({
      log: (JSON.parse(first?.[1][1]?.toString() ?? '') as { log: string }).log,
      first: 1,
      last: 4,
      count: 4,
      hash: fields(3)[3]?.toString('hex'),
      at: '2026-03-08T00:00:00.000Z',
    });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      stored.map(([, [, bytes, , hash, , mac, , kid]]) => ({
        bytes: bytes?.toString(),
        hash: hash?.toString('hex'),
        mac: mac?.toString('hex'),
        kid: kid?.toString(),
      })),
    );
  });

  it('goes on record after its snapshot, where there is a key to do so', async () => {
    const { env, redis, keys } = await newLog(2);
    const { out } = await exported(env);
    const [last] = await redis.xrevrange(keys.audit, '+', '-', 'COUNT', 1);
    const record = JSON.parse(last?.[1][1] ?? '') as object;
    expect(record).toMatchObject({ seq: 3, event: 'audit.exported', actor: null, detail: { ...headOf(out) } });
    expect(await verified(env)).toMatchObject({ code: 0 });

    const { said } = await exported(withoutKeys(env));
    expect(said).toContain('AUDIT_KEYS is not set, so this export is not recorded');
    expect(await redis.xlen(keys.audit)).toBe(3);
  });

  it('is signed, and verified, by the one key', async () => {
    const { env } = await newLog(3);
    const { publicKey, base64 } = newSigningKey();
    const { out } = await exported({ ...env, AUDIT_SIGNING_KEY: base64 });
    const [head = ''] = out.split('\n');
    const [, text = '', sig = ''] = /^\{"export":(.*),"sig":"(.*)"\}$/.exec(head) ?? [];
    expect(verifySignature(null, Buffer.from(text), publicKey, Buffer.from(sig, 'base64'))).toBe(true);

    const authenticity = async (name: string, content: string, key: string | undefined) => {
      const found = await verified({ AUDIT_KEYS: env.AUDIT_KEYS, AUDIT_SIGNING_KEY: key }, await saved(name, content));
      return [found.code, words(found.out)[2]];
    };
    expect(await authenticity('signed', out, base64)).toEqual([
      0,
      "authenticity ok each record by a key of AUDIT_KEYS (k1: 1 … 3); the export's head is signed by AUDIT_SIGNING_KEY",
    ]);
    expect((await authenticity('unchecked', out, undefined))[0]).toBe(0);
    const later = out.replace('2026-03-08T00', '2026-03-08T01');
    expect(await authenticity('changed', later, base64)).toEqual([
      1,
      "authenticity fault the signature of the export's head is not by AUDIT_SIGNING_KEY",
    ]);
    expect((await authenticity('other', out, newSigningKey().base64))[0]).toBe(1);
    expect((await authenticity('unsigned', out.replace(`,"sig":"${sig}"`, ''), base64))[0]).toBe(1);
  });

  it('takes a part by time: from since on, up to before until', async () => {
    const { env } = await newLog(20);
    const part = async (options: Partial<ExportOptions>) => {
      const { out } = await exported(withoutKeys(env), options);
      const { first, last, count } = headOf(out);
      const file = await saved('part', out);
      expect(await verified(env, file)).toMatchObject({ code: 0 });
      return [first, last, count, out.trimEnd().split('\n').length - 1];
    };
    expect(await part({ since: minute(5), until: minute(9) })).toEqual([5, 8, 4, 4]);
    expect(await part({ since: minute(20) })).toEqual([20, 20, 1, 1]);
    expect(await part({ until: minute(2) })).toEqual([1, 1, 1, 1]);
    // The log's first record is one minute younger than that.
    expect(await part({ since: '7d' })).toEqual([1, 20, 20, 20]);
    expect(await part({ since: '6d23h50m' })).toEqual([10, 20, 11, 11]);
    expect(await part({ since: '2026-03-02' })).toEqual([null, null, 0, 0]);
    expect(await part({ until: '2026-03-01T01:01:00+01:00' })).toEqual([null, null, 0, 0]);
  });

  it('counts what is there, so that a damaged log is found in its export too', async () => {
    const { env, redis, keys } = await newLog(9);
    await redis.xdel(keys.audit, '4-0', '5-0');
    const { out } = await exported(withoutKeys(env), { since: minute(3), until: minute(9) });
    expect(headOf(out)).toMatchObject({ first: 3, last: 8, count: 4 });
    const found = await verified(env, await saved('damaged', out));
    expect(found.code).toBe(1);
    expect(found.out).toContain('first bad seq: 4\n');
  });

  it('writes a whole new file, for its owner alone, or none', async () => {
    const { env, redis, keys } = await newLog(3);
    const out = join(folder, 'new.jsonl');
    await exported(env, { out });
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(await verified(env, out)).toMatchObject({ code: 0 });
    const before = await readFile(out, 'utf8');
    await expect(exported(env, { out })).rejects.toThrow('is there already');
    expect(await readFile(out, 'utf8')).toBe(before);

    await expect(exported(env, { out: join(folder, 'no', 'such') })).rejects.toThrow("can't be written");
    await redis.xadd(keys.audit, '9-0', 'note', 'hello');
    await expect(exported(withoutKeys(env), { out: join(folder, 'half') })).rejects.toThrow('is no record');
    expect((await readdir(folder)).filter((name) => name.includes('half'))).toEqual([]);
  });

  it('is not cut short by what Redis alone says was archived', async () => {
    const { env, redis, keys } = await newLog(6);
    const [log = ''] = await redis.hmget(keys.head, 'log');
    await redis.hset(keys.archivedUpTo, { log, seq: 4, hash: 'ab'.repeat(32), by: 6, at: minute(6) });
    await expect(exported(env)).rejects.toThrow('no record of the audit log says so');
    expect((await verified(env)).code).toBe(1);
  });

  it('is refused what it does not know', async () => {
    const { env } = await newLog(1);
    await expect(exported(env, { format: 'xml' })).rejects.toThrow('--format "xml" is not known');
    for (const since of ['yesterday', '7', '2026-02-30', '2026-03-01T10:00', '1e9d', '999999999d']) {
      await expect(exported(env, { since })).rejects.toThrow(`--since "${since}" can't be read`);
    }
    await expect(exported(env, { since: '1d', until: '2d' })).rejects.toThrow('--since is not before --until');
    await expect(exported({ AUDIT_KEYS: 'x' })).rejects.toThrow(/REDIS_URL is not set[\s\S]*AUDIT_KEYS/);
  });
});
