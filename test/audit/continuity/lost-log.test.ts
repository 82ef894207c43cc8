import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishPositions } from '../../../src/audit/continuity/published-positions.ts';
import { LedgerLost, NotRecorded } from '../../../src/workflow/faults.ts';
import {
  AUDIT_KEYS,
  asked,
  asking,
  freshPrefix,
  type OpenedLedger,
  openLedger,
  restore,
  snapshot,
  verifiedLog,
} from '../../store/given-ledger.ts';

let opened: OpenedLedger;
let told: LedgerLost[];

beforeEach(async () => {
  told = [];
  opened = await openLedger({ prefix: freshPrefix(), onLost: (lost) => void told.push(lost) });
  for (let number = 1; number <= 3; number++) await asked(opened.ledger, number);
});
afterEach(() => opened.close());

const prefix = () => opened.keys.head.slice(1, opened.keys.head.indexOf('}'));

/** All but what a process that finds the log lost leaves for the others. */
async function written(): Promise<Map<string, string>> {
  const all = await snapshot(opened);
  all.delete(opened.keys.missingPositions);
  return all;
}

async function expectLost(): Promise<void> {
  const before = await written();
  for (const number of [91, 92]) await expect(opened.ledger.commit(asking(number))).rejects.toThrow(LedgerLost);
  expect(await written()).toEqual(before);
  expect(told).toHaveLength(1);
  expect(opened.ledger.lost()).toBe(told[0]);
}

describe('a log that is not the one this process wrote to', () => {
  it('is noticed when it was emptied', async () => {
    await restore(opened, new Map());
    await expectLost();
  });

  it('is noticed when it was emptied under a claim', async () => {
    await restore(opened, new Map());
    const claim = { stream: 'aws' as const, entry: '1-0', consumer: 'w', deliveries: 1 };
    await expect(opened.ledger.commit(asking(9, { claim }))).rejects.toThrow(LedgerLost);
  });

  it('is noticed when it was emptied and somebody else began anew', async () => {
    await restore(opened, new Map());
    const other = await openLedger({ prefix: prefix() });
    for (let number = 1; number <= 4; number++) await asked(other.ledger, number);
    await expectLost();
    other.close();
  });

  it('is noticed when its records are gone and its head is not', async () => {
    await opened.redis.xtrim(opened.keys.audit, 'MAXLEN', 0);
    await expectLost();
  });

  it('is noticed by a process that has just begun, too', async () => {
    await opened.redis.xtrim(opened.keys.audit, 'MAXLEN', 0);
    const other = await openLedger({ prefix: prefix() });
    await expect(other.ledger.commit(asking(9))).rejects.toThrow(LedgerLost);
    other.close();
  });

  it('is noticed when it was put back to an older state', async () => {
    const backup = await snapshot(opened);
    await asked(opened.ledger, 4);
    await restore(opened, backup);
    await expectLost();
  });

  it('is noticed when it forked: put back, and gone on from there', async () => {
    const backup = await snapshot(opened);
    await asked(opened.ledger, 4);
    await restore(opened, backup);
    const other = await openLedger({ prefix: prefix() });
    await asked(other.ledger, 5);
    await asked(other.ledger, 6);
    await expectLost();
    expect(await verifiedLog(other)).toHaveLength(5);
    other.close();
  });

  it('is not taken for lost where somebody else only went on', async () => {
    const other = await openLedger({ prefix: prefix() });
    for (let number = 4; number <= 6; number++) await asked(other.ledger, number);
    await asked(opened.ledger, 7);
    expect(opened.ledger.lost()).toBeNull();
    expect(await verifiedLog(opened)).toHaveLength(7);
    other.close();
  });

  it('is not written on where its head is gone and its records are not', async () => {
    await opened.redis.del(opened.keys.head);
    const other = await openLedger({ prefix: prefix() });
    const before = await snapshot(opened);
    await expect(other.ledger.commit(asking(9))).rejects.toThrow(NotRecorded);
    expect(await snapshot(opened)).toEqual(before);
    other.close();
    await expectLost();
  });
});

describe('a log that another process found lost', () => {
  const open = (more: Parameters<typeof openLedger>[0] = {}) => openLedger({ prefix: prefix(), ...more });
  const refuses = (...ledgers: OpenedLedger[]) =>
    Promise.all(ledgers.map(({ ledger }) => expect(ledger.commit(asking(97))).rejects.toThrow(LedgerLost)));

  it('is written by none: by no bot that saw less, by none that begins, by no command', async () => {
    const behind = await open();
    await behind.ledger.recheck();
    const bot = await open();
    const backup = await snapshot(opened);
    for (const number of [11, 12]) await asked(bot.ledger, number);
    await restore(opened, backup);
    await expect(bot.ledger.recheck()).rejects.toThrow(LedgerLost);

    const before = await opened.redis.xrange(opened.keys.audit, '-', '+');
    // It had a head in hand, and asks Redis only with the write itself.
    await refuses(behind, opened);
    const late = await open();
    const command = await open({ alone: true });
    await refuses(late, command);
    await expect(behind.ledger.recheck()).rejects.toThrow(`--seen 5:${bot.ledger.position()?.hash}`);
    expect(await opened.redis.xrange(opened.keys.audit, '-', '+')).toEqual(before);
    for (const one of [behind, bot, late, command]) one.close();
  });

  it('is told to all again where Redis loses that, too', async () => {
    const bot = await open();
    await bot.ledger.recheck();
    await restore(opened, new Map());
    for (let times = 0; times < 2; times++) {
      await expect(bot.ledger.recheck()).rejects.toThrow(LedgerLost);
      expect(await opened.redis.hlen(opened.keys.missingPositions)).toBe(1);
      await restore(opened, new Map());
    }
    bot.close();
  });

  it('is kept to itself by a command, and where a checkpoint file is of another log', async () => {
    const checkpoint = { log: 'another', seq: 9, hash: 'ab'.repeat(32) };
    for (const alone of [true, false]) {
      const one = await open({ checkpoint, alone });
      await expect(one.ledger.commit(asking(9))).rejects.toThrow(LedgerLost);
      one.close();
    }
    expect(await opened.redis.exists(opened.keys.missingPositions)).toBe(0);
    await asked(opened.ledger, 10);
  });

  it('goes on where what was seen is there after all', async () => {
    const there = opened.ledger.position();
    await publishPositions(opened.redis, opened.keys, there ? [there] : [], AUDIT_KEYS);
    await opened.redis.hset(opened.keys.missingPositions, 'other', 'no sight');
    await asked(opened.ledger, 10);
    expect(await opened.redis.exists(opened.keys.missingPositions)).toBe(0);
  });

  it('stops nobody where no bot says so, but whoever can write to Redis', async () => {
    const planted = { log: 'x', seq: 900_000_000, hash: 'ab'.repeat(32), seal: 'cd'.repeat(32) };
    await opened.redis.hset(opened.keys.missingPositions, 'planted', JSON.stringify(planted));
    await asked(opened.ledger, 10);
    expect(await opened.redis.exists(opened.keys.missingPositions)).toBe(0);
  });

  it('is no false alarm where many write at once', async () => {
    const bots = await Promise.all([1, 2, 3].map(() => open()));
    await Promise.all(
      bots.map(async ({ ledger }, place) => {
        for (let number = 1; number <= 15; number++) {
          await asked(ledger, 100 * (place + 1) + number);
          await ledger.recheck();
        }
      }),
    );
    expect(bots.map(({ ledger }) => ledger.lost())).toEqual([null, null, null]);
    expect(await verifiedLog(opened)).toHaveLength(48);
    for (const bot of bots) bot.close();
  });
});
