import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createUseCounter } from '../../../src/store/counters/use-counter.ts';
import type { UseCounter } from '../../../src/workflow/use-limits/count-use.ts';
import { type OpenedLedger, openLedger } from '../given-ledger.ts';

const opened: OpenedLedger[] = [];
let one: UseCounter;
let other: UseCounter;
let redis: OpenedLedger['redis'];
let keys: OpenedLedger['keys'];

/** Two bots on one Redis. */
beforeEach(async () => {
  const first = await openLedger();
  const prefix = /^\{(.*)\}/.exec(first.keys.head)?.[1] ?? '';
  const second = await openLedger({ prefix });
  opened.push(first, second);
  ({ redis, keys } = first);
  one = createUseCounter(first.redis, first.keys);
  other = createUseCounter(second.redis, second.keys);
});
afterAll(() => {
  for (const { close } of opened) close();
});

const use = (name: string, person = 'U1', channel: string | null = 'C1') => ({ use: name, person, channel });
const MOST = { perUser: 3, perChannel: 5 };

describe('what people do, counted over all bots', () => {
  it('fits up to the limit of a person, whichever bot it reaches, and not beyond', async () => {
    for (const [nth, bot] of [one, other, one].entries()) {
      expect(await bot.count(use(`use ${nth}`), MOST)).toEqual({ kind: 'counted' });
    }
    const over = await other.count(use('one more'), MOST);
    expect(over).toMatchObject({
      kind: 'over',
      limit: 'perUser',
      record: expect.stringContaining('limit:perUser:U1:'),
    });
    expect(over.kind === 'over' && over.waitMs > 0 && over.waitMs <= 60_000).toBe(true);
    expect(await one.count(use('of another', 'U2'), MOST)).toEqual({ kind: 'counted' });
  });

  it('of a hundred at once no more fit than the limit', async () => {
    const at = Array.from({ length: 100 }, (_, nth) => (nth % 2 ? one : other).count(use(`use ${nth}`), MOST));
    const kinds = (await Promise.all(at)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'counted')).toHaveLength(3);
  });

  it('is counted once where the same comes again, and what was refused is not counted', async () => {
    for (let nth = 0; nth < 10; nth++) {
      expect(await (nth % 2 ? one : other).count(use('the same'), MOST)).toEqual({ kind: 'counted' });
    }
    await one.count(use('second'), MOST);
    await one.count(use('third'), MOST);
    for (let nth = 0; nth < 10; nth++) await one.count(use(`refused ${nth}`), MOST);
    expect(await redis.zcard(keys.usesOf('perUser', 'U1'))).toBe(3);
    expect(await other.count(use('the same'), MOST)).toEqual({ kind: 'counted' });
  });

  it('is to be recorded once for a person, and once for a channel', async () => {
    const refused = async (person: string, times: number) =>
      (
        await Promise.all(Array.from({ length: times }, (_, nth) => one.count(use(`${person} ${nth}`, person), MOST)))
      ).flatMap((counted) => (counted.kind === 'over' ? [counted] : []));
    const records = (found: Awaited<ReturnType<typeof refused>>) => found.flatMap(({ record }) => record ?? []);
    expect(records(await refused('U1', 8))).toHaveLength(1);
    expect(records(await refused('U1', 8))).toHaveLength(0);
    const ofTheChannel = [...(await refused('U2', 3)), ...(await refused('U3', 2))];
    expect(ofTheChannel.map(({ limit }) => limit)).toEqual(['perChannel', 'perChannel', 'perChannel']);
    expect(records(ofTheChannel)).toEqual([expect.stringContaining('limit:perChannel:C1:')]);
    // Where that record could not be written, the next refusal is to be.
    await one.forgetRefusal('perChannel', 'C1');
    expect(records(await refused('U4', 1))).toHaveLength(1);
  });

  it('fits again when the oldest use is a minute old, and leaves nothing behind', async () => {
    for (let nth = 0; nth < 3; nth++) await one.count(use(`use ${nth}`), MOST);
    const key = keys.usesOf('perUser', 'U1');
    const [seconds] = await redis.time();
    await redis.zadd(key, Number(seconds) * 1000 - 45_000, 'use 0');
    const soon = await one.count(use('too early'), MOST);
    expect(soon.kind === 'over' && soon.waitMs > 13_000 && soon.waitMs <= 16_000).toBe(true);
    await redis.zadd(key, Number(seconds) * 1000 - 61_000, 'use 0');
    expect(await one.count(use('in time'), MOST)).toEqual({ kind: 'counted' });
    for (const left of await redis.keys(`${key.slice(0, key.indexOf('}') + 1)}:uses*`)) {
      const ms = await redis.pttl(left);
      expect(ms > 0 && ms <= 60_000, left).toBe(true);
    }
  });

  it('keeps nobody waiting where the clock of Redis was set back', async () => {
    const most = { ...MOST, perChannel: 50 };
    for (let nth = 0; nth < 4; nth++) await one.count(use(`use ${nth}`), most);
    const [seconds] = await redis.time();
    const key = keys.usesOf('perUser', 'U1');
    for (let nth = 0; nth < 3; nth++) await redis.zadd(key, (Number(seconds) + 3600) * 1000, `use ${nth}`);
    for (const left of [key, keys.limitRefused('perUser', 'U1')]) await redis.expire(left, 3660);
    for (let nth = 0; nth < 3; nth++) expect((await one.count(use(`since ${nth}`), most)).kind).toBe('counted');
    expect(await one.count(use('more'), most)).toMatchObject({ kind: 'over', record: expect.any(String) });
  });

  it('waits for as many to grow old as a lowered limit asks', async () => {
    const [seconds] = await redis.time();
    for (const [nth, age] of [50, 30, 10].entries()) {
      await one.count(use(`use ${nth}`), MOST);
      await redis.zadd(keys.usesOf('perUser', 'U1'), Number(seconds) * 1000 - age * 1000, `use ${nth}`);
    }
    const over = await one.count(use('more'), { ...MOST, perUser: 1 });
    expect(over.kind === 'over' && over.waitMs > 48_000 && over.waitMs <= 51_000).toBe(true);
  });

  it('in no channel it counts for the person alone', async () => {
    for (let nth = 0; nth < 3; nth++) await one.count(use(`use ${nth}`, 'U1', null), MOST);
    expect(await one.count(use('more', 'U1', null), MOST)).toMatchObject({ kind: 'over', limit: 'perUser' });
    expect(await one.count(use('of another', 'U2', null), { ...MOST, perChannel: 0 })).toEqual({ kind: 'counted' });
  });
});
