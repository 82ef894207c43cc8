import { describe, expect, it } from 'vitest';
import { ClaimLost } from '../../src/workflow/faults.ts';
import { asked, following } from '../store/given-ledger.ts';
import { givenLoops, held, isEmpty, opened, start, timers, waitFor } from './given-loop.ts';

givenLoops();

describe('stop', () => {
  it('waits for the work in hand', async () => {
    const handler = held();
    const { loop, outcomes } = await start('a', { revert: handler.run });
    await asked(opened.ledger, 1, { effects: ['revert'] });
    await handler.until(1);
    const stopped = loop.stop(5000);
    handler.release();
    await stopped;
    expect(outcomes).toEqual(['revert done']);
    await isEmpty();
  });

  it('hands back what takes longer, and the old hand can’t write any more', async () => {
    const handler = held();
    const { loop } = await start('a', { apply: handler.run });
    const request = await asked(opened.ledger, 1, { effects: ['apply'] });
    const [work] = await handler.until(1);
    await loop.stop(30);
    expect(await opened.redis.xlen(opened.keys.awsOutbox)).toBe(0);
    const late = { ...following(request, 'denied'), claim: work?.claim };
    await expect(opened.ledger.commit(late)).rejects.toThrow(ClaimLost);
    const next = await start('b', {});
    expect(await next.told(1)).toEqual(['apply done']);
    handler.release();
    await isEmpty();
  });

  it('hands back what comes to it afterwards', async () => {
    const { loop, outcomes } = await start('a', {});
    await asked(opened.ledger, 1, { effects: ['revert'] });
    await waitFor(() => expect(outcomes).toHaveLength(1));
    await loop.stop(1000);
    await asked(opened.ledger, 2, { effects: ['revert'] });
    await waitFor(async () => expect((await timers())[0]).toBe('{"kind":"revert","request":"r-0000000002"}'));
    expect(outcomes).toHaveLength(1);
  });
});
