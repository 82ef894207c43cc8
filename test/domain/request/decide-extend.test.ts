import { describe, expect, it } from 'vitest';
import { decideExtension, lengthenedEvents } from '../../../src/domain/request/decide-extend.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { skippedEvent } from '../../../src/domain/run/decide-revert.ts';
import { ask, at, execution, folded, GROUPS, NO_GROUPS, PEOPLE, policy, ROLE, rule } from '../given.ts';
import { BASE, FREE, HOUR, held, SET } from '../given-grant.ts';

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
    ...changes,
  });
  const { rate, ...rest } = ask();
  const more = (seconds: number, changes: object = {}, of: ThrottleRequest = held) =>
    decideExtension({ ...rest, durationSeconds: seconds }, of, facts(changes), 'r-more000000');

  it('is requested at the current rate, with the approvals of the change itself', () => {
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

  it('takes the place of what it lengthens, with its base, role and beginning', () => {
    const asked = more(HOUR, { rule: { ...FREE, maxDurationSeconds: null }, inForce: policy(FREE) });
    if (!asked.ok) throw new Error(asked.refusal.why);
    const request = folded(null, at(600), asked.event);
    const look = { execution: execution({ bytesPerSecond: SET }), inForce: policy(FREE), now: at(601) };
    const events = lengthenedEvents(request, { ...look, running: held });
    const longer = folded(request, at(601), ...events);
    expect(longer).toMatchObject({ status: 'applied', apply: null });
    expect(longer.hold).toMatchObject({
      ...{ base: BASE, role: ROLE, since: held.hold.since },
      dueAt: at(2 + 2 * HOUR).toISOString(),
    });
    const late = { event: 'apply.stale', detail: { why: 'timer' } };
    expect(lengthenedEvents(request, { ...look, running: null })).toMatchObject([late]);
    expect(lengthenedEvents(request, { ...look, running: { ...held, id: 'r-other00000' } })).toMatchObject([late]);
    const over = folded(held, at(9), skippedEvent(held, 'changed', 'd'));
    expect(lengthenedEvents(request, { ...look, running: over })).toMatchObject([late]);
  });
});
