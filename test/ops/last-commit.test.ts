import { describe, expect, it } from 'vitest';
import { createLastCommit } from '../../src/ops/last-commit.ts';
import { ClaimLost, LedgerLost, NotRecorded } from '../../src/workflow/faults.ts';
import type { Change } from '../../src/workflow/ports/commit.ts';
import type { Ledger } from '../../src/workflow/ports/ledger.ts';
import { openLedger, policyLoaded } from '../store/given-ledger.ts';

describe('the last commit', () => {
  it('is known where it failed, until one succeeds', async () => {
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
