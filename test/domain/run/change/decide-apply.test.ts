import { describe, expect, it } from 'vitest';
import { decideReview } from '../../../../src/domain/request/decide-review.ts';
import { startedEvent } from '../../../../src/domain/run/change/change-events.ts';
import {
  decideBegin,
  planOfRequest,
  unknownEvent,
  vanishedEvent,
} from '../../../../src/domain/run/change/decide-apply.ts';
import { at, execution, facts, folded, LEAD, NO_GROUPS, policy, ROLE, requested, rule } from '../../given.ts';

const pending = requested();
const command = { by: LEAD, decision: 'approve', comment: null } as const;
const agreed = folded(pending, at(60), decideReview(pending, command, facts()).events[0]);
const applying = () => folded(agreed, at(100), startedEvent(planOfRequest(agreed, facts()), 1));

describe('begin', () => {
  it('puts the intent on record first, with the role of the rule in force', () => {
    const decision = decideBegin(agreed, facts({ now: at(90) }));
    expect(decision).toMatchObject({
      kind: 'send',
      event: { event: 'apply.started', version: 3, actor: null, detail: { attempt: 1, role: ROLE } },
    });
    if (decision.kind !== 'send') throw new Error('not sent');
    expect(folded(agreed, at(90), decision.event)).toMatchObject({
      status: 'applying',
      apply: {
        startedAt: at(90).toISOString(),
        sentAt: at(90).toISOString(),
        attempt: 1,
        role: ROLE,
        unknownSince: null,
      },
    });
  });

  it('judges by the rest if AWS was not called yet', () => {
    expect(decideBegin(agreed, { ...facts(), execution: null })).toMatchObject({ kind: 'send' });
  });

  it('ends a request that is no longer valid, and sends nothing', () => {
    const ends = (changes: Parameters<typeof facts>[0]) => decideBegin(agreed, facts(changes));
    const stale = (why: string) => ({ kind: 'end', event: { event: 'apply.stale', detail: { why } } });
    expect(ends({ execution: execution({ bytesPerSecond: 3 }) })).toMatchObject(stale('rate'));
    expect(ends({ execution: execution({ bytesPerSecond: agreed.to }) })).toMatchObject(stale('rate'));
    expect(ends({ execution: execution({ status: 'ERROR' }) })).toMatchObject(stale('status'));
    expect(ends({ inForce: policy() })).toMatchObject(stale('policy'));
    const two = policy(rule({ approvals: { lower: 2, raise: 2, unlimited: null } }));
    expect(ends({ inForce: two })).toMatchObject(stale('policy'));
    expect(ends({ now: at(60 + 1800) })).toMatchObject({ kind: 'end', event: { event: 'expired' } });
  });

  it('waits where Slack can’t say', () => {
    expect(decideBegin(agreed, facts({ groups: NO_GROUPS }))).toMatchObject({ kind: 'wait' });
    expect(decideBegin(agreed, facts({ people: new Map() }))).toMatchObject({ kind: 'wait' });
  });
});

describe('no read at all', () => {
  it('is unknown, once, until it is known', () => {
    const event = unknownEvent(applying(), 'digest', { why: 'no answer', said: null });
    expect(event).toMatchObject({ event: 'apply.unknown', detail: { why: 'no answer' } });
    const unknown = folded(applying(), at(105), event ?? undefined);
    expect(unknown).toMatchObject({ status: 'applying', apply: { unknownSince: at(105).toISOString(), attempt: 1 } });
    expect(unknownEvent(unknown, 'digest', { why: 'no answer', said: null })).toBeNull();
    const again = folded(unknown, at(160), startedEvent(planOfRequest(unknown, facts()), 2));
    expect(again.apply?.unknownSince).toBeNull();
  });

  it('says so, once, where it was no more than silence before', () => {
    const silent = folded(
      applying(),
      at(110),
      unknownEvent(applying(), 'digest', { why: 'no answer', said: null }) ?? undefined,
    );
    expect(unknownEvent(silent, 'digest', { why: 'no answer', said: null })).toBeNull();
    const denied = { action: 'datasync:DescribeTaskExecution', role: ROLE, requestId: null };
    const told = unknownEvent(silent, 'digest', { why: 'denied', said: null }, denied);
    const state = folded(silent, at(120), told ?? undefined);
    expect(state.apply).toMatchObject({ unknownSince: at(110).toISOString(), refused: { role: ROLE } });
    expect(unknownEvent(state, 'digest', { why: 'denied', said: null }, denied)).toBeNull();
  });

  it('is no unknown before the intent', () => {
    expect(unknownEvent(agreed, 'digest', { why: 'x', said: null })).toBeNull();
  });

  it('an execution that AWS no longer knows before the intent: stale', () => {
    expect(vanishedEvent(agreed, 'digest', { requestId: 'aws-9', said: 'No such run.' })).toMatchObject({
      event: 'apply.stale',
      aws: { requestId: 'aws-9' },
      detail: { why: 'status', said: 'No such run.' },
    });
  });
});
