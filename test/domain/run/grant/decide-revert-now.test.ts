import { describe, expect, it } from 'vitest';
import type { PolicyInForce } from '../../../../src/domain/policy/policies-in-force.ts';
import type { Person } from '../../../../src/domain/policy/policy.ts';
import { canExtend } from '../../../../src/domain/request/decide-extend.ts';
import { desiredLimit, rateOf } from '../../../../src/domain/run/desired-limit.ts';
import { decideRevertNow } from '../../../../src/domain/run/grant/decide-revert-now.ts';
import {
  ADMIN,
  at,
  GROUPS,
  GUEST,
  LEAD,
  MIB,
  NO_GROUPS,
  NOBODY,
  OPERATOR,
  PEOPLE,
  policy,
  rule,
  SECOND,
} from '../../given.ts';
import { limitedRun } from '../../given-grant.ts';
import { beside, UNREADABLE } from '../../given-policies.ts';
import { HOUR, RunStory } from '../../given-run.ts';

const LOWERED = 'r-0123456789';
const RULE = rule({ approvals: { lower: 0, raise: 1, unlimited: 2 } });

function raised(): RunStory {
  const story = new RunStory(50 * MIB);
  story.grant('r-raised', 2, { to: 200 * MIB, seconds: HOUR });
  return story;
}

function revert(
  story: RunStory,
  id: string,
  by: Person,
  but: { inForce?: PolicyInForce; groups?: typeof GROUPS } = {},
) {
  const { run, requests: above } = story;
  const facts = { run, above, inForce: policy(RULE), groups: GROUPS, people: PEOPLE, now: at(60), ...but };
  return decideRevertNow(story.of(id), by, facts);
}

/** Ends them as the bot does: all at once, then each by its worker. */
function reverted(story: RunStory, id: string): string[] {
  const decision = revert(story, id, OPERATOR);
  if (!decision.ok) throw new Error(decision.refusal.why);
  for (const { event } of decision.ends) story.add(60, event);
  return decision.ends.map(({ request }) => request.id);
}

describe('Revert now is for', () => {
  it.each<[string, RunStory, string, Person, boolean]>([
    ['the requester of a lower limit', limitedRun(), LOWERED, OPERATOR, true],
    ['an admin, of a lower limit', limitedRun(), LOWERED, ADMIN, true],
    ['no approver of a lower limit', limitedRun(), LOWERED, LEAD, false],
    ['the requester of a raise', raised(), 'r-raised', OPERATOR, true],
    ['an admin, of a raise', raised(), 'r-raised', ADMIN, true],
    ['an approver, of a raise', raised(), 'r-raised', LEAD, true],
    ['nobody else, of a lower limit', limitedRun(), LOWERED, NOBODY, false],
    ['nobody else, of a raise', raised(), 'r-raised', NOBODY, false],
    ['no guest', raised(), 'r-raised', GUEST, false],
    ['no admin who is deactivated', raised(), 'r-raised', { ...ADMIN, kind: 'deactivated' }, false],
  ])('%s', (_, story, id, by, allowed) => {
    const decision = revert(story, id, by);
    expect(decision.ok).toBe(allowed);
    if (decision.ok) {
      const [{ event }, ...others] = decision.ends;
      expect(event).toMatchObject({ event: 'revert.scheduled', actor: { user: by.user }, version: 5 });
      expect(event.detail.dueAt).toBe(at(60).toISOString());
      expect(others).toEqual([]);
    } else expect(decision.event).toMatchObject({ event: 'decision.refused' });
  });

  it('the requester under their other id too', () => {
    const story = limitedRun();
    const other = { ...NOBODY, enterprise: 'W0OLGA' };
    expect(revert(story, LOWERED, other)).toMatchObject({ refusal: { why: 'may-not-revert', requester: 'U0OPER' } });
    const people = new Map([['U0OPER', { ...OPERATOR, enterprise: 'W0OLGA' }]]);
    const { run, requests: above } = story;
    const facts = { run, above, inForce: policy(RULE), groups: GROUPS, people, now: at(60) };
    expect(decideRevertNow(story.of(LOWERED), other, facts).ok).toBe(true);
  });

  it('nobody while Slack can’t say who may, but the requester and named admins', () => {
    const silent = { groups: NO_GROUPS };
    expect(revert(raised(), 'r-raised', LEAD, silent)).toMatchObject({
      refusal: { why: 'groups-unknown' },
      event: null,
    });
    expect(revert(raised(), 'r-raised', OPERATOR, silent).ok).toBe(true);
    expect(revert(raised(), 'r-raised', ADMIN, silent).ok).toBe(true);
  });
});

describe('Revert now, while bots run several policies', () => {
  it('is for who may by all of them, and for the requester whatever they say', () => {
    const other = rule({ name: 'other', approvers: { users: ['U0SECOND'], groups: [] } });
    const inForce = beside(RULE, other);
    expect(revert(raised(), 'r-raised', LEAD, { inForce })).toMatchObject({
      refusal: { why: 'may-not-revert', rule: { name: 'other' } },
      other: 'digest of other',
      event: { policy: 'digest of other' },
    });
    expect(revert(raised(), 'r-raised', SECOND, { inForce }).ok).toBe(true);
    expect(revert(raised(), 'r-raised', OPERATOR, { inForce }).ok).toBe(true);
    const lone = { ...inForce, policy: { ...inForce.policy, admins: { users: [], groups: [] } } };
    expect(revert(limitedRun(), LOWERED, ADMIN, { inForce }).ok).toBe(true);
    expect(revert(limitedRun(), LOWERED, ADMIN, { inForce: lone }).ok).toBe(false);
  });

  it('is not delayed by one that can’t be read', () => {
    expect(revert(raised(), 'r-raised', LEAD, { inForce: beside(RULE, UNREADABLE) }).ok).toBe(true);
  });
});

describe('Revert now ends one grant, once', () => {
  it('is not undone by more time, and not repeated', () => {
    const story = limitedRun();
    expect(canExtend(story.of(LOWERED), story.run, at(60))).toBe(true);
    expect(reverted(story, LOWERED)).toEqual([LOWERED]);
    expect(canExtend(story.of(LOWERED), story.run, at(60))).toBe(false);
    expect(revert(story, LOWERED, OPERATOR)).toMatchObject({ refusal: { why: 'not-held' }, event: null });
  });

  it('ends one without an end too, under the role that it was set with', () => {
    const story = new RunStory();
    story.grant('r-1', 2, { to: 50 * MIB, of: { ...RULE, role: 'arn:aws:iam::111122223333:role/x' } });
    const decision = revert(story, 'r-1', OPERATOR);
    const detail = { base: 100 * MIB, role: 'arn:aws:iam::111122223333:role/x' };
    expect(decision).toMatchObject({ ends: [{ event: { detail, from: 50 * MIB, to: 100 * MIB } }] });
  });

  it('takes the role of the rule where nothing had to be sent for its limit', () => {
    const story = new RunStory();
    story.grant('r-1', 2, { to: 50 * MIB, seconds: HOUR });
    story.grant('r-2', 3, { to: 50 * MIB });
    expect(story.of('r-2')).toMatchObject({ apply: null, hold: null });
    const own = { ...RULE, role: 'arn:aws:iam::111122223333:role/x' };
    const decision = revert(story, 'r-2', OPERATOR, { inForce: policy(own) });
    expect(decision).toMatchObject({ ends: [{ event: { detail: { role: own.role } } }] });
  });

  it('brings back what is below', () => {
    const story = raised();
    story.grant('r-above', 3, { to: 300 * MIB, seconds: HOUR });
    expect(revert(story, 'r-above', OPERATOR)).toMatchObject({ ends: [{ event: { to: 200 * MIB } }] });
    expect(reverted(story, 'r-above')).toEqual(['r-above']);
  });
});

describe('the grants above one that ends', () => {
  /** Oldest first. The requests have no approvals: each was allowed without. */
  const stacked = (baseline: number, ...rates: number[]) => {
    const story = new RunStory(baseline * MIB);
    rates.forEach((to, nth) => {
      story.grant(`r-${nth}`, nth, { to: to * MIB, seconds: 2 * HOUR - nth });
    });
    return story;
  };

  it('end too where they now raise without the approvals for it', () => {
    const story = stacked(50, 200, 150);
    const decision = revert(story, 'r-0', OPERATOR);
    expect(decision).toMatchObject({
      ends: [
        { request: { id: 'r-0' }, event: { actor: { user: OPERATOR.user } } },
        { request: { id: 'r-1' }, event: { actor: null, to: 50 * MIB, detail: { why: 'approvals', base: 50 * MIB } } },
      ],
    });
    expect(decision.ok && 'why' in decision.ends[0].event.detail).toBe(false);
  });

  it('stay where they raise nothing', () => {
    expect(reverted(stacked(50, 200, 50), 'r-0')).toEqual(['r-0']);
    expect(reverted(stacked(50, 200, 20), 'r-0')).toEqual(['r-0']);
    expect(reverted(stacked(100, 10, 9), 'r-0')).toEqual(['r-0']);
  });

  it('stay where enough people approved them', () => {
    const story = stacked(50, 200, 150);
    const { run } = story;
    const request = { ...story.of('r-1'), approvals: [{ by: LEAD, at: at(1).toISOString(), comment: null }] };
    const above = new Map([...story.requests, ['r-1', request]]);
    const facts = { run, above, inForce: policy(RULE), groups: GROUPS, people: PEOPLE, now: at(60) };
    const decision = decideRevertNow(story.of('r-0'), OPERATOR, facts);
    expect(decision.ok && decision.ends.length).toBe(1);
  });

  it('are weighed against what is below them, and not against what covers them', () => {
    const story = stacked(50, 200, 150, 160);
    const approved = { ...story.of('r-2'), approvals: [{ by: LEAD, at: at(1).toISOString(), comment: null }] };
    story.requests.set('r-2', approved);
    // 160 covers 150 and is approved. Without it, 150 would be a raise that nobody approved.
    expect(reverted(story, 'r-0')).toEqual(['r-0', 'r-1']);
    if (!story.run) throw new Error('nothing was set');
    expect(rateOf(desiredLimit(story.run, { now: at(61) }))).toBe(160 * MIB);
    expect(reverted(story, 'r-2')).toEqual(['r-2']);
    expect(rateOf(desiredLimit(story.run, { now: at(62) }))).toBe(50 * MIB);
  });
});
