import { describe, expect, it } from 'vitest';
import type { Terms } from '../../../src/domain/link/division/divide.ts';
import { MIB } from '../given.ts';
import { LinkStory } from './given-link.ts';

const TERMS: Terms = { capacity: 100 * MIB, headroom: 0, floor: 5 * MIB, grantsCapped: false };

/** With these runs, settled. */
function givenLink(...ids: string[]): LinkStory {
  const story = new LinkStory(TERMS);
  for (const id of ids) story.starts(id);
  story.passes(600);
  story.moves.length = 0;
  return story;
}

describe('the shares of a link', () => {
  it('are set at once where no run has one yet', () => {
    const story = new LinkStory(TERMS);
    story.starts('a');
    story.starts('b');
    story.passes(5);
    expect(story.limits()).toEqual({ a: 50 * MIB, b: 50 * MIB });
  });

  it('leave a run alone whose own limit is low enough', () => {
    const story = new LinkStory(TERMS);
    story.starts('a', { holds: { kind: 'share', baseline: 20 * MIB } });
    story.starts('b');
    story.passes(600);
    expect(story.moves).toEqual([expect.objectContaining({ id: 'b', to: 80 * MIB })]);
  });

  it('give a newcomer its first limit as soon as the others were read back lower', () => {
    const story = givenLink('a', 'b');
    story.starts('c');
    story.passes(30);
    const [first, second, third] = story.moves;
    expect(new Set([first?.id, second?.id])).toEqual(new Set(['a', 'b']));
    expect(third?.id).toBe('c');
    expect((third?.at ?? 0) - (first?.at ?? 0)).toBe(5000);
    expect(Object.values(story.limits()).reduce((sum, one) => sum + one)).toBeLessThanOrEqual(TERMS.capacity);
  });

  it('raise whom a share is given back to when what was lowered takes effect for certain', () => {
    const story = givenLink('a', 'b');
    story.run('a').need = 10 * MIB;
    story.passes(900);
    const [lower, raise] = story.moves;
    expect(lower).toMatchObject({ id: 'a', from: 50 * MIB });
    expect(raise).toMatchObject({ id: 'b', from: 50 * MIB });
    // Read back after 5 s, in effect 60 s later.
    expect((raise?.at ?? 0) - (lower?.at ?? 0)).toBe(65_000);
    expect(story.limits().b).toBeGreaterThan(85 * MIB);
  });

  it('take nothing from a run before three looks in a row saw its share unused', () => {
    const story = givenLink('a', 'b');
    const from = story.now;
    story.run('a').need = 10 * MIB;
    story.passes(900);
    const lookedBefore = (story.moves[0]?.at ?? 0) - from;
    expect(lookedBefore).toBeGreaterThan(60_000);
    expect(lookedBefore).toBeLessThanOrEqual(125_000);
  });

  it('take nothing where nobody else would use it', () => {
    const story = givenLink('a', 'b');
    story.run('a').need = 10 * MIB;
    story.run('b').need = 10 * MIB;
    story.passes(3600);
    expect(story.moves).toEqual([]);
  });

  it('give back what a run needs again', () => {
    const story = givenLink('a', 'b');
    story.run('a').need = 0;
    story.passes(900);
    expect(story.limits()).toEqual({ a: 5 * MIB, b: 95 * MIB });
    story.run('a').need = Number.POSITIVE_INFINITY;
    story.passes(900);
    expect(story.limits()).toEqual({ a: 50 * MIB, b: 50 * MIB });
  });

  it('are lowered at once when a window begins, and raised at once when it ends', () => {
    const story = givenLink('a', 'b');
    story.terms = { ...TERMS, capacity: 20 * MIB, grantsCapped: true };
    story.passes(5);
    expect(story.limits()).toEqual({ a: 10 * MIB, b: 10 * MIB });
    story.passes(10);
    story.terms = TERMS;
    story.passes(75);
    expect(story.limits()).toEqual({ a: 50 * MIB, b: 50 * MIB });
  });

  it('are the baselines while the capacity is unlimited', () => {
    const story = givenLink('a', 'b');
    story.terms = { ...TERMS, capacity: -1 };
    story.passes(5);
    expect(story.limits()).toEqual({ a: -1, b: -1 });
    story.terms = TERMS;
    story.passes(15);
    expect(story.limits()).toEqual({ a: 50 * MIB, b: 50 * MIB });
  });

  it('go to the others when a run ends', () => {
    const story = givenLink('a', 'b');
    story.ends('b');
    story.passes(300);
    expect(story.limits()).toEqual({ a: 100 * MIB });
  });

  it('are sent again where AWS did not carry them out', () => {
    const story = givenLink('a', 'b');
    story.failing = 1;
    story.terms = { ...TERMS, capacity: 50 * MIB };
    story.passes(15);
    expect(story.limits()).toEqual({ a: 25 * MIB, b: 25 * MIB });
  });

  it('count a raise that was not read back until it can take effect no more', () => {
    const story = givenLink('a', 'b', 'c');
    story.ends('c');
    story.failing = 1;
    story.passes(5);
    const unconfirmed = story.last?.now[0];
    expect(unconfirmed?.rate).toBe(50 * MIB);
    story.ends(unconfirmed?.id === 'a' ? 'b' : 'a');
    story.starts('d');
    story.passes(300);
    expect(story.throughput()).toBeLessThanOrEqual(TERMS.capacity);
  });

  it('leave a grant what it has, and take it off for the others', () => {
    const story = givenLink('a', 'b');
    story.run('a').holds = { kind: 'grant', rate: 80 * MIB };
    story.passes(300);
    expect(story.limits()).toEqual({ a: 80 * MIB, b: 20 * MIB });
    const [lower, raise] = story.moves;
    expect([lower?.id, raise?.id]).toEqual(['b', 'a']);
    expect((raise?.at ?? 0) - (lower?.at ?? 0)).toBe(65_000);
  });

  it('cap a grant while a window is due, and give it back afterwards', () => {
    const story = givenLink('a', 'b');
    story.run('a').holds = { kind: 'grant', rate: 80 * MIB };
    story.passes(300);
    story.terms = { ...TERMS, capacity: 40 * MIB, grantsCapped: true };
    story.passes(300);
    expect(story.limits()).toEqual({ a: 35 * MIB, b: 5 * MIB });
    story.terms = TERMS;
    story.passes(300);
    expect(story.limits()).toEqual({ a: 80 * MIB, b: 20 * MIB });
  });

  it('are divided without a run whose limit nobody can move', () => {
    const story = givenLink('a', 'b', 'c');
    story.run('c').holds = { kind: 'fixed', takes: 60 * MIB };
    story.passes(300);
    expect(story.limits()).toMatchObject({ a: 20 * MIB, b: 20 * MIB });
  });

  it('name who is raised later', () => {
    const story = givenLink('a', 'b');
    story.run('a').need = 0;
    story.passes(900, ({ last }) => {
      if (last?.now.some(({ id }) => id === 'a')) expect(last.later.map(({ id }) => id)).toEqual(['b']);
    });
    expect(story.limits().b).toBe(95 * MIB);
  });
});
