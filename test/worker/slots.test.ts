import { describe, expect, it } from 'vitest';
import { hasSlot } from '../../src/worker/slots.ts';
import type { Effect } from '../../src/workflow/ports/outbox.ts';
import { asked } from '../store/given-ledger.ts';
import { cutOffFirst, givenLoops, held, opened, start, waitFor } from './given-loop.ts';

givenLoops();

/** How many slots may be taken at most, by works like the ones given, so that one more like the last finds one. */
const mostOf = (works: (nth: number) => Effect) => {
  const inHand: Effect[] = [];
  while (hasSlot(works(inHand.length), inHand, 8, 16)) inHand.push(works(inHand.length));
  return inHand.length;
};

const memberIn = (region: string): Effect => ({
  kind: 'member',
  execution: `arn:aws:datasync:${region}:1:task/t/execution/e`,
});

describe('of eight slots', () => {
  it.each([
    ['watch', 4],
    ['apply', 6],
    ['revert', 16],
    ['expire', 16],
    ['show', 16],
  ] as const)('%s finds one while fewer than %i are taken', (kind, most) => {
    expect(mostOf(() => ({ kind, request: 'r' }))).toBe(most);
  });

  it('members of links find one while fewer than six are taken, but only three of one Region', () => {
    expect(mostOf((nth) => memberIn(`region-${nth}`))).toBe(6);
    expect(mostOf(() => memberIn('us-east-1'))).toBe(3);
    expect(
      hasSlot(
        memberIn('eu-west-1'),
        [1, 2, 3].map(() => memberIn('us-east-1')),
        8,
        16,
      ),
    ).toBe(true);
  });
});

describe('a due revert', () => {
  it('is done while every poll and every change that was approved hangs, also such as were taken over', async () => {
    const hanging = held();
    const reverted: string[] = [];
    const run = {
      watch: hanging.run,
      apply: hanging.run,
      revert: async (request: string) => {
        reverted.push(request);
        return null;
      },
    };
    const { loop } = await start('gone', { watch: hanging.run }, { abandonedMs: 3_600_000 });
    for (let number = 0; number < 30; number++) await asked(opened.ledger, number, { effects: ['watch'] });
    await hanging.until(4);
    // As if it were killed: its claims are found abandoned at once.
    cutOffFirst();
    const { told } = await start('a', run, { abandonedMs: 1000, abandonedEveryMs: 50 });
    for (let number = 30; number < 60; number++) await asked(opened.ledger, number, { effects: ['watch', 'apply'] });
    await hanging.until(8);
    await asked(opened.ledger, 100, { effects: ['revert'] });
    await told(1);
    await waitFor(() => expect(reverted).toEqual(['r-0000000100']));
    hanging.release();
    await loop.stop(5000);
  });
});
