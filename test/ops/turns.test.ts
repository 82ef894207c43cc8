import { describe, expect, it } from 'vitest';
import { createLastCommit } from '../../src/ops/last-commit.ts';
import { createTurns } from '../../src/ops/turns.ts';
import { ClaimLost, LedgerLost, NotRecorded } from '../../src/workflow/faults.ts';
import type { Change, Ledger } from '../../src/workflow/ports.ts';
import { openLedger, policyLoaded } from '../ledger/given-ledger.ts';

describe('turns', () => {
  it('are late after their own time, from when they are expected', () => {
    let now = 0;
    const turns = createTurns(() => now);
    turns.turned('take');
    expect(turns.late()).toEqual([]);
    turns.expect('take', 60_000);
    turns.expect('timers', 30_000);
    now = 31_000;
    expect(turns.late()).toEqual([{ worker: 'timers', ms: 31_000 }]);
    turns.turned('timers');
    now = 61_000;
    expect(turns.late()).toEqual([{ worker: 'take', ms: 61_000 }]);
  });
});

describe('the last commit', () => {
  it('is known where it failed, until one goes well', async () => {
    let now = 0;
    const opened = await openLedger();
    const last = createLastCommit(() => now);
    const ledger = last.noted(opened.ledger);
    await opened.redis.set(opened.keys.head, 'in the way');
    await expect(ledger.commit(policyLoaded('first'))).rejects.toThrow(NotRecorded);
    now = 7;
    expect(last.failed()).toMatchObject({ fault: expect.any(NotRecorded), agoMs: 7 });
    await opened.redis.del(opened.keys.head);
    await ledger.commit(policyLoaded('second'));
    expect(last.failed()).toBeNull();
    opened.close();
  });

  it.each([new ClaimLost('another has it'), new LedgerLost('gone')])('is no failure of Redis: %s', async (fault) => {
    const last = createLastCommit();
    const commit: Ledger['commit'] = () => Promise.reject(fault);
    const opened = await openLedger();
    const change: Change = policyLoaded('first');
    await expect(last.noted({ ...opened.ledger, commit }).commit(change)).rejects.toBe(fault);
    expect(last.failed()).toBeNull();
    opened.close();
  });
});
