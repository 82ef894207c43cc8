import { describe, expect, it } from 'vitest';
import { canExtend } from '../../../src/domain/request/decide-extend.ts';
import { skippedEvent } from '../../../src/domain/run/decide-revert.ts';
import { decideRevertNow } from '../../../src/domain/run/grant/decide-revert-now.ts';
import { at, folded, GROUPS, GUEST, LEAD, NO_GROUPS, NOBODY, OPERATOR, PEOPLE, policy, rule } from '../given.ts';
import { BASE, held } from '../given-grant.ts';

describe('Revert now', () => {
  it('is not undone by more time for it', () => {
    const facts = { inForce: policy(), groups: NO_GROUPS, people: PEOPLE, now: at(60) };
    const decision = decideRevertNow(held, OPERATOR, facts);
    if (!decision.ok) throw new Error('the requester may');
    expect(canExtend(held)).toBe(true);
    expect(canExtend(folded(held, at(60), decision.event))).toBe(false);
  });

  const facts = { inForce: policy(rule()), groups: GROUPS, people: PEOPLE, now: at(60) };

  it('is for the requester, the approvers and people who may decide', () => {
    for (const by of [OPERATOR, LEAD]) {
      const decision = decideRevertNow(held, by, facts);
      expect(decision).toMatchObject({
        ok: true,
        event: {
          event: 'revert.scheduled',
          actor: { user: by.user },
          detail: { dueAt: at(60).toISOString(), base: BASE },
        },
      });
    }
  });

  it('is for the requester under their other id too', () => {
    const other = { ...NOBODY, enterprise: 'W0OLGA' };
    const people = new Map([['U0OPER', { ...OPERATOR, enterprise: 'W0OLGA' }]]);
    expect(decideRevertNow(held, other, facts)).toMatchObject({ refusal: { why: 'may-not-revert' } });
    expect(decideRevertNow(held, other, { ...facts, people })).toMatchObject({ ok: true });
  });

  it('is not for anybody else, on record; nor where Slack can’t say, or no time runs', () => {
    expect(decideRevertNow(held, NOBODY, facts)).toMatchObject({
      refusal: { why: 'may-not-revert', requester: 'U0OPER' },
      event: { event: 'decision.refused', version: held.version },
    });
    expect(decideRevertNow(held, GUEST, facts)).toMatchObject({ refusal: { why: 'not-a-member', kind: 'guest' } });
    expect(decideRevertNow(held, { ...OPERATOR, kind: 'deactivated' }, facts)).toMatchObject({ ok: false });
    expect(decideRevertNow(held, NOBODY, { ...facts, groups: NO_GROUPS })).toMatchObject({
      refusal: { why: 'groups-unknown' },
      event: null,
    });
    const over = folded(held, at(9), skippedEvent(held, 'changed', 'd'));
    expect(decideRevertNow(over, OPERATOR, facts)).toMatchObject({ refusal: { why: 'not-held' }, event: null });
  });
});
