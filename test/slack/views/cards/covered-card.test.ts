import { describe, expect, it } from 'vitest';
import type { ThrottleRequest } from '../../../../src/domain/request/throttle-request.ts';
import type { Run } from '../../../../src/domain/run/run.ts';
import { ending, execution, hold, NOW, runWith } from '../text/given-facts.ts';
import { card, held, MIB } from './given-limit.ts';

const inHours = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000).toISOString();
const OTHER = { request: 'r-other00000', rate: 20 * MIB };
const AT_15_25 = '<!date^1795361100^';
const AT_14_25 = '<!date^1795357500^';

/** The card of a request whose limit may be covered by that of `r-other00000`. */
function shown(of: ThrottleRequest, run: Run, now = NOW) {
  const { first, all, actions, blocks } = card({
    request: of,
    run,
    now,
    limitSetBy: run.inForce?.request ?? 'r-other00000',
    execution: execution({ bytesPerSecond: run.inForce?.rate ?? 0 }),
  });
  return { first, all, actions, confirm: JSON.stringify(blocks) };
}

describe('the card of a limit that a newer one covers', () => {
  const timed = { until: inHours(2) };

  it('says whose limit applies, and when its own applies again', () => {
    const { first, all, actions, confirm } = shown(held(), runWith([timed, { ...OTHER, until: inHours(1) }]));
    expect(first).toContain(':white_check_mark: *Covered by a newer limit*: nightly_sync');
    expect(all).toContain('The limit of request `r-other00000` applies now.');
    expect(all).toMatch(/This one applies again from <!date\^1795357500\^[^>]*> until <!date\^1795361100\^/);
    expect(all).not.toMatch(/\*In force|Goes back by itself|In force now/);
    // More time would have no effect before that; ending it has none on AWS.
    expect(actions).toEqual(['revert-now']);
    expect(confirm).toContain('A newer limit applies now, so nothing changes at once');
  });

  it('says so without an end of its own', () => {
    const { all, actions } = shown(held({ hold: null }), runWith([{}, { ...OTHER, until: inHours(1) }]));
    expect(all).toContain(`This one applies again from ${AT_14_25}`);
    expect(all).toContain(', until the execution ends.');
    expect(actions).toEqual(['revert-now']);
  });

  it('says that it ends first, where it does', () => {
    const { all } = shown(held(), runWith([timed, { ...OTHER, until: inHours(3) }]));
    expect(all).toContain(`This one ends first, ${AT_15_25}`);
    expect(all).toContain('It applies again only if the newer one is reverted early.');
    const endless = shown(held({ hold: null }), runWith([{}, OTHER]));
    expect(endless.all).toContain('This one ends first. It applies again only if');
  });

  it('claims nothing before AWS shows it again', () => {
    const late = new Date(Date.parse(inHours(1)) + 60_000);
    const { first, all } = shown(held(), runWith([timed, { ...OTHER, until: inHours(1) }]), late);
    expect(first).toContain(':hourglass_flowing_sand: *About to apply again*: nightly_sync');
    expect(all).toContain('The newer limit of request `r-other00000` is over but still set at AWS.');
    expect(all).not.toContain('*In force*');
  });

  it('says since when it applies again', () => {
    const again = { rate: 50 * MIB, or: null, at: inHours(1), request: 'r-0123456789' };
    const now = new Date(Date.parse(inHours(1)) + 1000);
    const { first, all, actions } = shown(held(), runWith([timed], { inForce: again }), now);
    expect(first).toContain('*In force*: nightly_sync');
    expect(all).toContain(`Applies again since ${AT_14_25}`);
    expect(all).toContain(`by itself ${AT_15_25}`);
    expect(actions).toEqual(['revert-now', 'extend']);
    const before = shown(held(), runWith([timed]));
    expect(before.all).toContain(`Read back from AWS ${'<!date^1795353900^'}`);
    expect(before.all).not.toContain('Applies again');
  });

  it('names the limit that is next when it ends', () => {
    const { all, confirm } = shown(held({ id: 'r-0123456789' }), runWith([OTHER, timed]));
    expect(all).toContain(`It goes back to 20 MiB/s (168 Mbit/s) by itself ${AT_15_25}`);
    expect(all).toMatch(/\*Goes back by itself\*\n.*in about 2 h\nback to 20 MiB\/s/);
    expect(confirm).toContain('The limit becomes 20 MiB/s (168 Mbit/s), unless someone changes it first.');
  });

  it('has ended with a change made outside the bot, also where it had no end', () => {
    const outside = runWith([], { inForce: { rate: 7 * MIB, or: null, at: inHours(1), request: null } });
    const now = new Date(Date.parse(inHours(1)) + 1000);
    for (const of of [held({ hold: null }), held({ hold: hold({ end: changedOutside(inHours(1)) }) })]) {
      const { first, all, actions } = shown(of, { ...outside, inForce: outside.inForce }, now);
      expect(first).toContain(':warning: *Limit changed outside the bot*: nightly_sync');
      expect(all).toContain('by console or CLI');
      expect(all).not.toMatch(/\*In force\*|applies again/);
      expect(actions).toEqual([]);
    }
  });

  it('applies where nothing is known of the run', () => {
    const { first } = card({ request: held({ hold: null, ending: ending() }), limitSetBy: 'r-other00000' });
    expect(first).toContain('*In force*');
  });
});

function changedOutside(at: string) {
  const nothing = { replacedBy: null, awsRequestId: null, refused: null };
  return { at, how: 'skipped', why: 'changed', rate: 7 * MIB, ...nothing } as const;
}
