import { describe, expect, it } from 'vitest';
import type { TaskExecution } from '../../../src/domain/execution/task-execution.ts';
import { decideRequest } from '../../../src/domain/request/decide-request.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { decideRevert, judgeRevert, skippedEvent, warnAt } from '../../../src/domain/run/decide-revert.ts';
import { MAX_SENDS, SETTLE_SECONDS, type Sent } from '../../../src/domain/run/change/sending.ts';
import { ask, at, execution, folded, GROUPS, MIB, PEOPLE, policy, ROLE, rule } from '../given.ts';
import { BASE, HOUR, held, heldOf, inForce, SET } from '../given-grant.ts';

describe('a request while a time runs', () => {
  const strict = rule({ approvals: { lower: 0, raise: 1, unlimited: 2 } });
  const askFor = (bytesPerSecond: number, running: ThrottleRequest | null, seen: number) =>
    decideRequest(
      ask({ rate: { kind: 'absolute', bytesPerSecond } }),
      {
        ...{ rule: strict, inForce: policy(strict), groups: GROUPS, people: PEOPLE, running, now: at(10) },
        execution: execution({ bytesPerSecond: seen }),
      },
      'r-next',
    );
  const raised = inForce({
    ask: { rate: { kind: 'absolute', bytesPerSecond: 200 * MIB } },
    seen: { bytesPerSecond: 50 * MIB },
  });

  it('needs what a raise needs, where a little less would make a raise for an hour one for good', () => {
    expect(askFor(199 * MIB, raised, 200 * MIB)).toMatchObject({
      event: { detail: { direction: 'raise', approvals: 1 } },
    });
  });

  it('needs no more to go back to what was, or under it, or where somebody has set another limit since', () => {
    for (const [rate, running, seen] of [
      [50, raised, 200],
      [40, raised, 200],
      [199, raised, 300],
      [199, null, 200],
    ] as const) {
      const asked = askFor(rate * MIB, running, seen * MIB);
      expect(asked).toMatchObject({ event: { detail: { direction: 'lower', approvals: 0 } } });
    }
  });

  it('inherits no rate to revert to where somebody changed the limit outside the bot since', () => {
    const after = inForce(
      { ask: { rate: { kind: 'absolute', bytesPerSecond: 5 * MIB } }, seen: { bytesPerSecond: 10 * MIB } },
      held,
    );
    expect(heldOf(after).hold.base).toBe(10 * MIB);
  });
});

describe('what follows a limit that came into force', () => {
  it('is its end, if one was requested', () => {
    expect(held.hold).toMatchObject({ base: BASE, role: ROLE, dueAt: at(2 + HOUR).toISOString(), by: null, end: null });
    expect(inForce({ ask: { durationSeconds: null } }).hold).toBeNull();
  });

  it('inherits the rate from before of the one whose time ran, and its own time begins anew', () => {
    const lower = { rate: { kind: 'absolute', bytesPerSecond: 20 * MIB } } as const;
    const next = heldOf(inForce({ ask: lower, seen: { bytesPerSecond: SET } }, held));
    expect(next.hold).toMatchObject({ base: BASE, since: at(2).toISOString() });
    const over = folded(held, at(9), skippedEvent(held, 'changed', 'd'));
    expect(inForce({ ask: lower, seen: { bytesPerSecond: SET } }, over).hold?.base).toBe(SET);
  });

  it('is nothing where it is itself the rate that it would go back to', () => {
    const back = { rate: { kind: 'absolute', bytesPerSecond: BASE } } as const;
    expect(inForce({ ask: back, seen: { bytesPerSecond: SET } }, held).hold).toBeNull();
  });

  it('is a warning ten minutes before, where there is more time than that', () => {
    expect(warnAt(held.hold)).toEqual(at(2 + HOUR - 600));
    expect(warnAt({ scheduledAt: at(0).toISOString(), dueAt: at(600).toISOString() })).toBeNull();
  });
});

describe('when its time is over', () => {
  const due = (seen: Partial<TaskExecution> | null, seconds = HOUR + 2) =>
    decideRevert(held, { execution: seen && execution(seen), policy: 'd', now: at(seconds) });

  it('is sent where all is as we left it', () => {
    expect(due({ bytesPerSecond: SET })).toMatchObject({
      kind: 'send',
      event: { event: 'revert.started', from: SET, to: BASE, detail: { attempt: 1, role: ROLE } },
    });
    expect(due(null)).toMatchObject({ kind: 'send' });
  });

  it.each([
    ['early', { bytesPerSecond: SET }, HOUR, { kind: 'early', seconds: 2 }],
    [
      'changed',
      { bytesPerSecond: 7 },
      HOUR + 2,
      { event: { event: 'revert.skipped', detail: { why: 'changed', rate: 7 } } },
    ],
    ['back already', { bytesPerSecond: BASE }, HOUR + 2, { event: { detail: { why: 'changed', rate: BASE } } }],
    ['ended', { bytesPerSecond: SET, status: 'SUCCESS' }, HOUR + 2, { event: { detail: { why: 'ended' } } }],
    ['being cancelled', { status: 'CANCELLING' }, HOUR + 2, { event: { detail: { why: 'ended' } } }],
  ] as const)('and nothing is sent: %s', (_, seen, seconds, decision) => {
    expect(due(seen, seconds)).toMatchObject(decision);
  });
});

describe('what a read means, once the intent is on record', () => {
  const CHANGE = 'datasync:UpdateTaskExecution';
  const DENIED: Sent = { requestId: 'u', refused: { why: 'denied', action: CHANGE }, putOff: null };
  const PUT_OFF: Sent = { requestId: 'u', refused: null, putOff: { why: 'throttled', action: CHANGE } };
  const sending = (attempt: number) => {
    const event = stateEvent(held, 'revert.started', null, 'd', { attempt, role: ROLE });
    return heldOf(folded(held, at(HOUR + 2), event));
  };
  const look = (seen: Partial<TaskExecution>, after = 1, attempt = 1, sent: Sent | null = null) =>
    judgeRevert(sending(attempt), execution(seen), { policy: 'd', now: at(HOUR + 2 + after), sent });

  it.each([
    ['the rate from before', look({ bytesPerSecond: BASE }), { event: { event: 'reverted', detail: { rate: BASE } } }],
    ['the same, at the end', look({ bytesPerSecond: BASE, status: 'SUCCESS' }), { event: { event: 'reverted' } }],
    ['the same, after a no', look({ bytesPerSecond: BASE }, 1, 1, DENIED), { event: { event: 'reverted' } }],
    ['a third rate', look({ bytesPerSecond: 7 }), { event: { event: 'revert.skipped', detail: { why: 'changed' } } }],
    ['too late', look({ bytesPerSecond: SET, status: 'ERROR' }), { event: { detail: { why: 'ended' } } }],
    [
      'a clear no',
      look({ bytesPerSecond: SET }, 1, 1, DENIED),
      { event: { event: 'revert.failed', detail: { why: 'denied', refused: { role: ROLE } } } },
    ],
    [
      'put off',
      look({ bytesPerSecond: SET }, 1, MAX_SENDS, PUT_OFF),
      { kind: 'put-off', event: { event: 'revert.started', detail: { attempt: MAX_SENDS, putOff: PUT_OFF.putOff } } },
    ],
    ['not yet', look({ bytesPerSecond: SET }, SETTLE_SECONDS - 1), { kind: 'look-again' }],
    [
      'not for long',
      look({ bytesPerSecond: SET }, SETTLE_SECONDS),
      { kind: 'send-again', event: { detail: { attempt: 2 } } },
    ],
    [
      'never',
      look({ bytesPerSecond: SET }, SETTLE_SECONDS, MAX_SENDS),
      { kind: 'end', event: { event: 'revert.failed', detail: { why: 'ignored' } } },
    ],
  ])('%s', (_, verdict, wanted) => {
    expect(verdict).toMatchObject(wanted);
  });

  it('means nothing before the intent', () => {
    expect(() => judgeRevert(held, execution(), { policy: 'd', now: at(1), sent: null })).toThrow(
      'before it was begun',
    );
  });
});
