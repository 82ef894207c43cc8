import { appendFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createCheckpoints } from '../../../src/audit/continuity/audit-checkpoints.ts';
import { createAuditAlarms } from '../../../src/audit/log/audit-alarms.ts';
import { printAuditKey } from '../../../src/commands/audit/audit-key.ts';
import { readAuditKeys } from '../../../src/config/audit-keys.ts';
import { newSigningKey, run } from '../../audit/log/log-fixture.ts';
import {
  at,
  env,
  exported,
  folder,
  givenArchivedLog,
  linesOf,
  log,
  minute,
  saved,
  unsigned,
  verify,
} from './given-archived-log.ts';

givenArchivedLog();

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
      auditKeys: keys.value.keys ?? [],
      alarms: createAuditAlarms(),
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
    env.AUDIT_SIGNING_KEY = newSigningKey().base64;
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
