import { describe, expect, it } from 'vitest';
import { canExtend, decideExtension, unsentEvents } from '../../../src/domain/request/decide-extend.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { skippedEvent } from '../../../src/domain/run/change/change-events.ts';
import { ask, at, execution, folded, GROUPS, MIB, NO_GROUPS, PEOPLE, policy, ROLE, rule } from '../given.ts';
import { BASE, held, heldOf, heldRun, limitedRun, SET } from '../given-grant.ts';
import { FREE, HOUR, RunStory } from '../given-run.ts';

describe('more time', () => {
  const facts = (changes: object = {}) => ({
    ...{
      rule: rule({ maxDurationSeconds: 2 * HOUR }),
      inForce: policy(rule()),
      groups: GROUPS,
      people: PEOPLE,
      now: at(600),
    },
    execution: execution({ bytesPerSecond: SET }),
    run: heldRun,
    ...changes,
  });
  const { rate, ...rest } = ask();
  const more = (seconds: number, changes: object = {}, of: ThrottleRequest = held) =>
    decideExtension({ ...rest, durationSeconds: seconds }, of, facts(changes), 'r-more000000');

  it('is requested at the current rate, with the approvals of the added time', () => {
    expect(rate.kind).toBe('absolute');
    expect(more(HOUR)).toMatchObject({
      ok: true,
      event: {
        event: 'requested',
        ...{ from: SET, to: SET },
        detail: {
          ...{ direction: 'lower', approvals: 1, duration: HOUR },
          extends: { request: held.id, dueAt: at(2 + 2 * HOUR).toISOString(), totalSeconds: 2 * HOUR },
        },
      },
    });
  });

  it.each([
    ['over the most in sum', HOUR + 1, {}, { why: 'duration-too-long', asked: 2 * HOUR + 1, held: HOUR }],
    [
      'on another rate',
      60,
      { execution: execution({ bytesPerSecond: 7 }) },
      { why: 'cannot-extend', set: SET, current: 7 },
    ],
    ['after the end', 60, { execution: execution({ status: 'SUCCESS' }) }, { why: 'not-updatable' }],
    ['where Slack can’t say', 60, { groups: NO_GROUPS }, { why: 'groups-unknown' }],
  ])('is refused %s', (_, seconds, changes, refusal) => {
    expect(more(seconds, changes)).toMatchObject({ ok: false, refusal });
  });

  it('needs what the added time needs: a longer raise is one, a longer lower is none', () => {
    const strict = rule({ approvals: { lower: 0, raise: 2, unlimited: null }, maxDurationSeconds: null });
    const under = { rule: strict, inForce: policy(strict) };
    expect(more(HOUR, under)).toMatchObject({ proposal: { detail: { direction: 'lower', approvals: 0 } } });
    const story = new RunStory(BASE);
    const raised = heldOf(story.grant('r-raised', 2, { to: 2 * BASE, seconds: HOUR }));
    const seen = { ...under, run: story.run, execution: story.seen() };
    expect(more(HOUR, seen, raised)).toMatchObject({
      proposal: {
        detail: {
          ...{ direction: 'raise', approvals: 2 },
          exceeds: { rate: BASE, from: at(2 + HOUR).toISOString() },
        },
      },
    });
  });

  it('is not for a limit that another one covers', () => {
    const story = limitedRun();
    story.grant('r-above', 3, { to: 20 * MIB, seconds: 60 });
    expect(canExtend(held, story.run, at(10))).toBe(false);
    expect(canExtend(held, story.run, at(63))).toBe(true);
    expect(canExtend(held, null, at(10))).toBe(false);
  });

  it('is a grant of its own, with the role, the beginning and what comes after of the one that it extends', () => {
    const story = limitedRun();
    const asked = more(HOUR, { rule: { ...FREE, maxDurationSeconds: null }, inForce: policy(FREE) });
    if (!asked.ok) throw new Error(asked.refusal.why);
    story.add(600, asked.event);
    const longer = story.apply('r-more000000', 601);
    expect(longer).toMatchObject({ status: 'applied', apply: null });
    const dueAt = at(2 + 2 * HOUR).toISOString();
    expect(longer.hold).toMatchObject({ base: BASE, role: ROLE, since: held.hold.since, dueAt });
    expect(story.run?.grants.map(({ request, role }) => [request, role])).toEqual([
      [held.id, ROLE],
      ['r-more000000', ROLE],
    ]);
    // And so once more: the role is not lost.
    const again = more(60, { run: story.run, inForce: policy(FREE), rule: FREE }, longer);
    if (!again.ok) throw new Error(again.refusal.why);
    const second = { ...again.event, request: 'r-again00000' };
    story.add(700, second);
    expect(story.apply('r-again00000', 701).hold?.role).toBe(ROLE);
  });

  it('is out of date where the limit does not apply any more', () => {
    const asked = more(HOUR, { rule: { ...FREE, maxDurationSeconds: null }, inForce: policy(FREE) });
    if (!asked.ok) throw new Error(asked.refusal.why);
    const request = folded(null, at(600), asked.event);
    const look = { execution: execution({ bytesPerSecond: SET }), inForce: policy(FREE), now: at(601) };
    const late = { event: 'apply.stale', detail: { why: 'timer' } };
    expect(unsentEvents(request, { ...look, run: null, extended: held })).toMatchObject([late]);
    expect(unsentEvents(request, { ...look, run: heldRun, extended: null })).toMatchObject([late]);
    const over = folded(held, at(9), skippedEvent(held, 'changed', { policy: 'd' }));
    expect(unsentEvents(request, { ...look, run: heldRun, extended: over })).toMatchObject([late]);
  });
});

describe('the same rate for longer, as a request', () => {
  it('is set without a send, and is reverted under the role of its rule', () => {
    const story = new RunStory(BASE);
    const of = { ...FREE, role: ROLE };
    story.grant('r-first', 2, { to: SET, seconds: 60, of });
    const longer = story.grant('r-longer', 3, { to: SET, seconds: HOUR, of });
    expect(longer).toMatchObject({ status: 'applied', apply: null, hold: { role: ROLE, base: BASE } });
    expect(story.end('r-first', 62)).toMatchObject({ hold: { end: { why: 'covered' } } });
    expect(story.end('r-longer', 3 + HOUR)).toMatchObject({ hold: { end: { how: 'reverted', rate: BASE } } });
  });
});
