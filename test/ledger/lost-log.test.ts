import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LedgerLost, NotRecorded } from '../../src/workflow/faults.ts';
import {
  asked,
  asking,
  freshPrefix,
  type OpenedLedger,
  openLedger,
  restore,
  snapshot,
  verifiedLog,
} from './given-ledger.ts';

let opened: OpenedLedger;
let told: LedgerLost[];

beforeEach(async () => {
  told = [];
  opened = await openLedger({ prefix: freshPrefix(), onLost: (lost) => void told.push(lost) });
  for (let number = 1; number <= 3; number++) await asked(opened.ledger, number);
});
afterEach(() => opened.close());

const prefix = () => opened.keys.head.slice(1, opened.keys.head.indexOf('}'));

async function expectLost(): Promise<void> {
  const before = await snapshot(opened);
  for (const number of [91, 92]) await expect(opened.ledger.commit(asking(number))).rejects.toThrow(LedgerLost);
  expect(await snapshot(opened)).toEqual(before);
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
    const claim = { entry: '1-0', consumer: 'w', deliveries: 1 };
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
