import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { listWork } from '../../../src/commands/work/list-work.ts';
import { retryWork } from '../../../src/commands/work/retry-work.ts';
import { run } from '../../audit/log/log-fixture.ts';
import { type OpenedLedger, openLedger } from '../../store/given-ledger.ts';

const APPLY = '{"kind":"apply","request":"r-1"}';

let opened: OpenedLedger;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  opened = await openLedger();
  const prefix = opened.keys.head.slice(1, opened.keys.head.indexOf('}'));
  env = { REDIS_URL: inject('redisUrl'), REDIS_KEY_PREFIX: prefix };
});
afterEach(() => opened.close());

const dead = (text: string, why = 'TypeError: x') =>
  opened.redis.xadd(opened.keys.deadLetters, '*', 'e', text, 'why', why) as Promise<string>;
const list = (options = {}) => run(env, (terminal) => listWork(options, terminal));
const retry = (ids: string[], options = {}) => run(env, (terminal) => retryWork(ids, options, terminal));

describe('work list', () => {
  it('is content where nothing failed', async () => {
    expect(await list()).toMatchObject({ code: 0, out: '', said: 'No work has failed for good.' });
    expect(await list({ json: true })).toMatchObject({ code: 0, out: '[]\n' });
  });

  it('shows each piece with its id, since when, and why; control characters escaped', async () => {
    const id = await dead(APPLY, 'TypeError: \u001b[31mred');
    await dead('null');
    const { code, out, said } = await list();
    expect(code).toBe(1);
    expect(said).toMatch(/^2 pieces of work have failed for good\. .*work retry/);
    const [head, first, second] = out.split('\n');
    expect(head).toMatch(/^ID +SINCE +WORK +WHY$/);
    expect(first).toMatch(
      /^\d+-\d+ +\d{4}-\d\d-\d\dT.*Z +\{"kind":"apply","request":"r-1"\} +TypeError: \\u001b\[31mred$/,
    );
    expect(first).toContain(id);
    expect(second).toContain(' null ');
  });

  it('as JSON has the same', async () => {
    const id = await dead(APPLY);
    const { code, out } = await list({ json: true });
    expect(code).toBe(1);
    const since = new Date(Number.parseInt(id, 10)).toISOString();
    expect(JSON.parse(out)).toEqual([{ id, since, work: APPLY, why: 'TypeError: x' }]);
  });
});

describe('work retry', () => {
  it('gives the named ones back to the bots', async () => {
    const [first, second] = [await dead(APPLY), await dead(APPLY)];
    expect(await retry([first, first])).toMatchObject({ code: 0, out: `${first}  will be tried again\n` });
    expect(await opened.redis.xlen(opened.keys.awsOutbox)).toBe(1);
    expect((await list()).out).toContain(second);
    expect((await list()).out).not.toContain(first);
  });

  it('gives back all of them, but what it can’t read', async () => {
    const [first, poison] = [await dead(APPLY), await dead('null')];
    const { code, out } = await retry([], { all: true, json: true });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual([
      { id: first, result: 'sent' },
      { id: poison, result: 'unknown' },
    ]);
    expect(await opened.redis.xlen(opened.keys.awsOutbox)).toBe(1);
  });

  it('says what is no dead letter any more', async () => {
    expect(await retry(['1-0'])).toMatchObject({ code: 1, out: '1-0  no such dead letter\n' });
    expect(await retry([], { all: true })).toMatchObject({ code: 0, said: 'No work has failed for good.' });
  });

  it.each([
    [[], {}],
    [['1-0'], { all: true }],
    [['r-1'], {}],
    [['-'], {}],
  ] as const)('refuses %j with %j', async (ids, options) => {
    await expect(retry([...ids], options)).rejects.toThrow(/work list|no id/);
  });

  it('says so where Redis is away', async () => {
    env = { ...env, REDIS_URL: 'redis://127.0.0.1:1' };
    await expect(list()).rejects.toThrow(/Redis can't be reached/);
  });
});
