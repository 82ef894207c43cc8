import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startAuditWatch } from '../../../src/audit/continuity/audit-watch.ts';
import { createSharedSeal } from '../../../src/audit/format/shared-seal.ts';
import { createAuditAlarms } from '../../../src/audit/log/audit-alarms.ts';
import { AUDIT_KEYS, asked, type OpenedLedger, openLedger, restore } from '../../store/given-ledger.ts';

const PATIENCE = { timeout: 40_000 };
let opened: OpenedLedger;
let watches: { stop(): Promise<void> }[];
let told: string[];

beforeEach(async () => {
  opened = await openLedger();
  await asked(opened.ledger, 1);
  watches = [];
  told = [];
});
afterEach(async () => {
  await Promise.all(watches.map((watch) => watch.stop()));
  opened.close();
});

function watch(but: Partial<Parameters<typeof startAuditWatch>[0]> = {}): void {
  watches.push(
    startAuditWatch({
      redis: opened.redis,
      keys: opened.keys,
      ledger: opened.ledger,
      replica: 'this one',
      lookMs: 20,
      checkpoints: { round: async () => [] },
      checkState: async () => {},
      trim: async () => {},
      tellCheckpoints: async () => {},
      tellLost: async () => void told.push('lost'),
      tellResumed: async () => {},
      tellAlarm: async () => {},
      alarms: createAuditAlarms(),
      seal: createSharedSeal(AUDIT_KEYS),
      onFault: () => {},
      ...but,
    }),
  );
}

describe('the watch over the log', () => {
  it('says each time that it came round, and not where it could not look', async () => {
    let turns = 0;
    let faults = 0;
    await opened.redis.rename(opened.keys.audit, `${opened.keys.audit}:kept`);
    await opened.redis.set(opened.keys.audit, 'in the way');
    watch({ onTurn: () => turns++, onFault: () => faults++ });
    await vi.waitFor(() => expect(faults).toBeGreaterThan(1), PATIENCE);
    expect(turns).toBe(0);
    await opened.redis.rename(`${opened.keys.audit}:kept`, opened.keys.audit);
    await vi.waitFor(() => expect(turns).toBeGreaterThan(1), PATIENCE);
  });

  it('finds a loss while Slack does not answer to what it is told', async () => {
    const lines = ['a line'];
    let posts = 0;
    watch({
      checkpoints: { round: async () => lines.splice(0) },
      tellCheckpoints: () => {
        posts += 1;
        return new Promise(() => {});
      },
    });
    await vi.waitFor(() => expect(posts).toBe(1), PATIENCE);
    await restore(opened, new Map());
    await vi.waitFor(() => expect(told).toEqual(['lost']), PATIENCE);
    expect(posts).toBe(1);
  });

  it('posts again what Slack did not take, together with what came since', async () => {
    const rounds = [['1'], ['2'], ['3']];
    const posts: string[][] = [];
    watch({
      checkpoints: { round: async () => rounds.shift() ?? [] },
      async tellCheckpoints(lines) {
        posts.push(lines);
        await sleep(50);
        if (posts.length < 3) throw new Error('no');
      },
    });
    await vi.waitFor(() => expect(posts).toHaveLength(3), PATIENCE);
    expect(posts[0]?.[0]).toBe('1');
    expect(posts[2]).toEqual(['1', '2', '3']);
  });

  it('raises the alarm where the bot that was to do it died before', async () => {
    await restore(opened, new Map());
    await opened.redis.set(opened.keys.alarm('lost'), 'a dead one', 'PX', 300);
    watch();
    await vi.waitFor(() => expect(told).toEqual(['lost']), PATIENCE);
    expect(await opened.redis.pttl(opened.keys.alarm('lost'))).toBeGreaterThan(60_000);
  });

  it('keeps the others from telling the same for as long as Slack takes, and no longer where it fails', async () => {
    await restore(opened, new Map());
    const key = opened.keys.alarm('lost');
    let fail = () => {};
    let asked = 0;
    watch({
      tellLost: () => {
        asked += 1;
        return new Promise((_, reject) => {
          fail = () => reject(new Error('no'));
        });
      },
    });
    await vi.waitFor(() => expect(asked).toBe(1), PATIENCE);
    const first = await opened.redis.get(key);
    await vi.waitFor(async () => expect(await opened.redis.get(key)).not.toBe(first), PATIENCE);
    expect(await opened.redis.pttl(key)).toBeGreaterThan(8_000);
    // What another bot left there by then is not taken away.
    await opened.redis.set(key, 'another bot’s', 'PX', 30_000);
    fail();
    await vi.waitFor(() => expect(asked).toBe(2), PATIENCE);
    fail();
  });

  it('is not kept silent by what somebody without a key left in Redis', async () => {
    await restore(opened, new Map());
    for (const words of ['told', JSON.stringify({ by: 'told', at: Date.now(), seal: 'ab'.repeat(32) })]) {
      await opened.redis.set(opened.keys.alarm('lost'), words);
    }
    watch();
    await vi.waitFor(() => expect(told).toEqual(['lost']), PATIENCE);
  });

  it('tells once what is wrong beside the log, though it is over by then', async () => {
    const alarms = createAuditAlarms();
    watch({ alarms, tellAlarm: async (why) => void told.push(why) });
    alarms.raise('something', 'it was changed');
    alarms.clear('something');
    await vi.waitFor(() => expect(told).toEqual(['it was changed']), PATIENCE);
    await vi.waitFor(() => expect(alarms.untold()).toEqual([]), PATIENCE);
    // Another bot that finds the same does not say it again.
    const more = createAuditAlarms();
    more.raise('something', 'it was changed');
    watch({ alarms: more, replica: 'another', tellAlarm: async (why) => void told.push(why) });
    await vi.waitFor(() => expect(more.untold()).toEqual([]), PATIENCE);
    expect(told).toHaveLength(1);
  });

  it('has a last checkpoint made and posted when the bot stops', async () => {
    const rounds: boolean[] = [];
    const posts: string[][] = [];
    watch({
      checkpoints: {
        async round(last = false) {
          rounds.push(last);
          return last ? ['the last'] : [];
        },
      },
      tellCheckpoints: async (lines) => void posts.push(lines),
    });
    await vi.waitFor(() => expect(rounds.length).toBeGreaterThan(0), PATIENCE);
    await watches.pop()?.stop();
    expect(rounds.filter(Boolean)).toHaveLength(1);
    expect(posts).toEqual([['the last']]);
  });

  it('keeps no stop waiting for Redis', async () => {
    let rounds = 0;
    watch({
      checkpoints: {
        round: () => {
          rounds += 1;
          return new Promise(() => {});
        },
      },
    });
    await vi.waitFor(() => expect(rounds).toBe(1), PATIENCE);
    await watches.pop()?.stop();
  });

  it('raises it again at once where Slack did not take it', async () => {
    let failed = false;
    await restore(opened, new Map());
    watch({
      async tellLost() {
        if (failed) told.push('lost');
        failed = true;
        if (told.length === 0) throw new Error('no');
      },
    });
    await vi.waitFor(() => expect(told).toEqual(['lost']), PATIENCE);
  });

  it('does not raise it where another bot did', async () => {
    await restore(opened, new Map());
    let mine = 0;
    watch();
    await vi.waitFor(() => expect(told).toEqual(['lost']), PATIENCE);
    const other = await openLedger({ prefix: opened.keys.head.slice(1, opened.keys.head.indexOf('}')) });
    watch({ ledger: other.ledger, replica: 'another', tellLost: async () => void mine++ });
    await vi.waitFor(() => expect(other.ledger.lost()).not.toBeNull(), PATIENCE);
    await sleep(200);
    expect(mine).toBe(0);
    await watches.pop()?.stop();
    other.close();
  });
});
