import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/logging/logger.ts';
import { type InteractionTrackerOptions, trackInteractions } from '../../../src/slack/listeners/interaction-tracker.ts';
import { createSeals } from '../../../src/slack/seals/seals.ts';
import type { Connection } from '../../../src/store/connection/connection.ts';
import { createKeys } from '../../../src/store/connection/keys.ts';
import { createUnfinishedStore } from '../../../src/store/work/unfinished-store.ts';
import type { UnfinishedStore } from '../../../src/workflow/ports/unfinished-store.ts';
import { freshPrefix, openRedis } from '../../store/given-ledger.ts';

let redis: Connection;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis.disconnect());

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const STALE_MS = 300;
const PATIENCE = { timeout: 20_000, interval: 10 };
const sent = { user: 'U0OPER', doing: 'asking', op: 'command:1' } as const;
const log = createLogger({ level: 'fatal', secrets: [] });

/** Bots on one Redis, and what they told. */
function given() {
  const keys = createKeys(freshPrefix());
  const store = createUnfinishedStore(redis, keys);
  const told: string[] = [];
  const bot = ({
    more = {},
    ...options
  }: Partial<InteractionTrackerOptions> & { more?: Partial<UnfinishedStore> } = {}) => {
    const unfinished = trackInteractions({
      store: { ...store, ...more },
      seals: createSeals('secret'),
      log,
      staleMs: STALE_MS,
      settle: async () => 'recorded',
      say: async (user, text) => void told.push(`${user} ${text}`),
      ...options,
    });
    stops.push(unfinished.stop);
    return unfinished;
  };
  const onRecord = () => redis.zcard(keys.unfinished);
  /** As long as it takes until what a bot that is gone had in hand is told. */
  const another = async () => {
    const gone = bot({ settle: async () => 'refused' });
    await gone.begin({ ...sent, user: 'U0LAST' }).onRecord;
    gone.stop();
    await expect.poll(() => told.filter((text) => text.startsWith('U0LAST')).length, PATIENCE).toBe(1);
  };
  return { bot, store, told, onRecord, another };
}

describe('what a bot has in hand', () => {
  it('is told by another one once it is gone, and once', async () => {
    const { bot, told, onRecord, another } = given();
    const gone = bot();
    await gone.begin(sent).onRecord;
    gone.stop();
    bot();
    bot();
    await expect.poll(() => told, PATIENCE).toHaveLength(1);
    expect(told[0]).toContain('your request was recorded');
    await expect.poll(onRecord, PATIENCE).toBe(0);
    await another();
    expect(told).toHaveLength(2);
  });

  it('is off the record though it was put there late, after it was done', async () => {
    const { bot, store, told, onRecord, another } = given();
    let go: () => void = () => {};
    const late = new Promise<void>((resolve) => {
      go = resolve;
    });
    const begins: Promise<void>[] = [];
    const begin = (entry: string) => {
      begins.push(late.then(() => store.begin(entry)));
      return begins.at(-1) ?? late;
    };
    const { onRecord: entered, end } = bot({ more: { begin } }).begin(sent);
    await entered;
    end();
    go();
    await Promise.all(begins);
    await another();
    expect(told).toHaveLength(1);
    await expect.poll(onRecord, PATIENCE).toBe(0);
  });

  it('is taken off the record at last where Redis was away when it was done', async () => {
    const { bot, store, told, onRecord, another } = given();
    let tries = 0;
    const end = async (entry: string) => {
      tries += 1;
      if (tries <= 3) throw new Error('away');
      await store.end(entry);
    };
    const { onRecord: entered, end: done } = bot({ more: { end } }).begin(sent);
    await entered;
    done();
    await expect.poll(onRecord, PATIENCE).toBe(0);
    await another();
    expect(told).toHaveLength(1);
  });

  it('is not another’s when Redis comes back, before its bot could say that it lives', async () => {
    const { bot, store, told, another } = given();
    let away = false;
    let missed = 0;
    const unlessAway = async <T>(call: () => Promise<T>): Promise<T> => {
      if (!away) return call();
      missed += 1;
      throw new Error('away');
    };
    const more = {
      renew: (entries: readonly string[]) => unlessAway(() => store.renew(entries)),
      takeStale: (staleMs: number, most: number) => unlessAway(() => store.takeStale(staleMs, most)),
    };
    const others = [bot({ more }), bot({ more }), bot({ more })];
    await others[0]?.begin(sent).onRecord;
    away = true;
    // Three rounds of each make what it has in hand look old.
    await expect.poll(() => missed, PATIENCE).toBeGreaterThan(15);
    away = false;
    await another();
    expect(told).toHaveLength(1);
  });

  it('is told by a third one where the second can’t, or ends too; the others are not kept waiting', async () => {
    const { bot, told, onRecord } = given();
    const gone = bot();
    for (const op of ['command:1', 'command:2', 'command:3']) await gone.begin({ ...sent, op }).onRecord;
    gone.stop();
    const second = bot({ say: () => new Promise(() => undefined) });
    await expect.poll(onRecord, PATIENCE).toBe(3);
    let faults = 0;
    bot({
      settle: async () => {
        faults += 1;
        if (faults <= 2) throw new Error('away');
        return 'recorded';
      },
    });
    await expect.poll(() => told, PATIENCE).toHaveLength(3);
    second.stop();
    await expect.poll(onRecord, PATIENCE).toBe(0);
  });
});
