import { describe, expect, inject, it } from 'vitest';
import { verifyRedisLog } from '../../../src/audit/log/verify-redis-log.ts';
import { readAuditKeys } from '../../../src/config/audit-keys.ts';
import type { Connection } from '../../../src/store/connection/connection.ts';
import { writeLog } from '../../audit/log/log-fixture.ts';
import {
  archive,
  at,
  env,
  exported,
  givenArchivedLog,
  linesOf,
  log,
  minute,
  saved,
  unsigned,
  verify,
} from './given-archived-log.ts';

givenArchivedLog();

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
