import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import {
  exported,
  folder,
  givenExportedLog,
  newLog,
  saved,
  verified,
  withoutKeys,
  words,
} from './given-exported-log.ts';

givenExportedLog();

describe('audit verify, live', () => {
  it('finds a log good, as far as it has the keys', async () => {
    const { env } = await newLog(3);
    expect(await verified(env)).toMatchObject({ code: 0 });
    expect(words((await verified(env)).out)).toEqual([
      'integrity ok 3 records, hash chain unbroken; look-up indexes match',
      'completeness ok 1 … 3, as the head in Redis says',
      'authenticity ok each record by a key of AUDIT_KEYS (k1: 1 … 3)',
      '',
    ]);
    const keyless = await verified(withoutKeys(env));
    expect(keyless.code).toBe(0);
    expect(words(keyless.out)).toContain('authenticity unknown AUDIT_KEYS is not set');
    const other = await verified({ ...env, AUDIT_KEYS: `k2:${'cd'.repeat(32)}` });
    expect(other.code).toBe(1);
    expect(other.out).toContain('first bad seq: 1\n');
  });

  it('is not sure of a log that is not there', async () => {
    const found = await verified({ REDIS_URL: inject('redisUrl'), REDIS_KEY_PREFIX: 'nothing-here' });
    expect(found.code).toBe(0);
    expect(found.out.match(/unknown/g)).toHaveLength(3);
  });

  it('finds records that were deleted, put in, or left without their head', async () => {
    const middle = await newLog(5);
    await middle.redis.xdel(middle.keys.audit, '3-0');
    const found = await verified(middle.env);
    expect(found.code).toBe(1);
    expect(found.out).toContain('3 missing before record 4');
    expect(found.out).toContain('first bad seq: 3\n');

    const first = await newLog(5);
    await first.redis.xdel(first.keys.audit, '1-0');
    expect((await verified(first.env)).out).toContain('first bad seq: 1\n');

    const last = await newLog(5);
    await last.redis.xdel(last.keys.audit, '5-0');
    expect((await verified(last.env)).out).toContain('first bad seq: 5\n');

    const more = await newLog(5);
    const [copy] = await more.redis.xrangeBuffer(more.keys.audit, '5-0', '5-0');
    await more.redis.xadd(more.keys.audit, '6-0', ...(copy?.[1] ?? []));
    expect((await verified(more.env)).out).toContain('first bad seq: 6\n');

    const strange = await newLog(5);
    await strange.redis.xadd(strange.keys.audit, '5-1', 'note', 'hello');
    expect((await verified(strange.env)).out).toContain('entry 5-1 has not the fields of a record');

    const headless = await newLog(5);
    await headless.redis.del(headless.keys.head);
    expect(words((await verified(headless.env)).out)[1]).toBe(
      "completeness fault the head in Redis is missing or can't be read",
    );

    const emptied = await newLog(5);
    await emptied.redis.del(emptied.keys.audit);
    expect((await verified(emptied.env)).out).toContain('first bad seq: 1\n');
  });

  it('reads a log of many pages', async () => {
    const { env } = await newLog(1203);
    expect((await verified(env)).out).toContain('1,203 records');
    const file = join(folder, 'many.jsonl');
    expect(await exported(env, { out: file })).toMatchObject({ code: 0, said: `1203 records, 1 to 1203, in ${file}` });
    expect((await verified(env, file)).out).toContain('1,203 records');
  });
});

describe('audit verify of a file', () => {
  it('finds a head that is damaged or gone', async () => {
    const { env } = await newLog(3);
    const { out } = await exported(withoutKeys(env));
    const gone = await verified(env, await saved('gone', out.slice(out.indexOf('\n') + 1)));
    expect(gone.code).toBe(1);
    expect(words(gone.out).slice(0, 2)).toEqual([
      'integrity ok 3 records, hash chain unbroken',
      "completeness fault the export's head is missing or can't be read",
    ]);
    expect(gone.out).toContain('first bad seq: none');
    expect(await verified(env, await saved('damaged-head', out.replace('export', 'exporu')))).toMatchObject({
      code: 1,
    });
  });

  it('can say nothing of what is no file, or empty', async () => {
    await expect(verified({}, join(folder, 'nothing'))).rejects.toThrow("can't be read");
    await expect(verified({}, await saved('empty', ''))).rejects.toThrow('is empty');
  });

  it('reads a line without its end, and not one without end', async () => {
    const { env } = await newLog(2);
    const { out } = await exported(withoutKeys(env));
    expect(await verified(env, await saved('cut', out.trimEnd()))).toMatchObject({ code: 0 });
    const endless = `${out}${'x'.repeat(9_000_000)}`;
    expect((await verified(env, await saved('endless', endless))).out).toContain('line 4 is not a JSON object');
  });
});
