import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharingReads } from '../../../src/store/ledger/shared-reads.ts';
import { asked, asking, following, type OpenedLedger, openLedger } from '../given-ledger.ts';

let opened: OpenedLedger;
beforeAll(async () => {
  opened = await openLedger();
});
afterAll(() => opened.close());

/** A ledger that counts how often all open requests were read. */
function counting(keptMs: number) {
  const reads = { count: 0 };
  const openRequests = () => {
    reads.count++;
    return opened.ledger.openRequests();
  };
  return { reads, ledger: sharingReads({ ...opened.ledger, openRequests }, keptMs) };
}

describe('reads of many requests', () => {
  it('are shared by all who ask at once, and kept for a while', async () => {
    const { ledger, reads } = counting(60_000);
    await asked(opened.ledger, 1);
    const found = await Promise.all(Array.from({ length: 64 }, () => ledger.openRequests()));
    expect(found.every((one) => one.length === 1)).toBe(true);
    await ledger.openRequests();
    expect(reads.count).toBe(1);
  });

  it('are read anew after a write of this process, also where one was under way', async () => {
    const { ledger, reads } = counting(60_000);
    await ledger.openRequests();
    const committed = await ledger.commit(asking(2));
    if (committed.kind !== 'committed' || !committed.state) throw new Error(committed.kind);
    expect((await ledger.openRequests()).map(({ request }) => request.id)).toContain('r-0000000002');
    expect(reads.count).toBe(2);
    const before = ledger.openRequests();
    await ledger.commit(following(committed.state, 'cancelled'));
    expect((await ledger.openRequests()).map(({ request }) => request.id)).not.toContain('r-0000000002');
    await before;
  });

  it('are not kept longer than that, and a fault is not kept', async () => {
    const { ledger, reads } = counting(1);
    await ledger.openRequests();
    await sleep(20);
    await ledger.openRequests();
    expect(reads.count).toBe(2);
    let away = true;
    const openRequests = () => (away ? Promise.reject(new Error('away')) : opened.ledger.openRequests());
    const faulty = sharingReads({ ...opened.ledger, openRequests }, 60_000);
    await expect(faulty.openRequests()).rejects.toThrow('away');
    away = false;
    expect(await faulty.openRequests()).toEqual(await opened.ledger.openRequests());
  });
});
