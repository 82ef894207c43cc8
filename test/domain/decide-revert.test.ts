import { describe, expect, it } from 'vitest';
import { startedEvent } from '../../src/domain/decide-apply.ts';
import { canExtend, decideExtension, lengthenedEvents } from '../../src/domain/decide-extend.ts';
import { decideRequest } from '../../src/domain/decide-request.ts';
import {
  decideDrift,
  decideRevert,
  expectedRates,
  judgeRevert,
  scheduledEvent,
  skippedEvent,
  warnAt,
} from '../../src/domain/decide-revert.ts';
import { decideRevertNow } from '../../src/domain/decide-revert-now.ts';
import { stateEvent } from '../../src/domain/decide-review.ts';
import { type Hold, isHeld } from '../../src/domain/hold.ts';
import { MOST_SENDS, SETTLE_SECONDS, type Sent } from '../../src/domain/sending.ts';
import type { TaskExecution } from '../../src/domain/task-execution.ts';
import type { ThrottleRequest } from '../../src/domain/throttle-request.ts';
import {
  ask,
  at,
  execution,
  folded,
  GROUPS,
  GUEST,
  LEAD,
  MIB,
  NO_GROUPS,
  NOBODY,
  OPERATOR,
  PEOPLE,
  policy,
  ROLE,
  requested,
  rule,
} from './given.ts';

const FREE = rule({ approvals: { lower: 0, raise: 0, unlimited: 0 } });
const SET = 50 * MIB;
const BASE = 100 * MIB;
const HOUR = 3600;

function inForce(changes: Parameters<typeof requested>[0] = {}, running: ThrottleRequest | null = null) {
  const approved = requested({ of: FREE, ...changes, ask: { durationSeconds: HOUR, ...changes.ask } });
  const applying = folded(approved, at(1), startedEvent(approved, 'd', ROLE, 1));
  const applied = folded(applying, at(2), { ...stateEvent(applying, 'applied', null, 'd'), detail: { rate: SET } });
  const scheduled = scheduledEvent(applied, { policy: 'd', now: at(2), running });
  return scheduled ? folded(applied, at(2), scheduled) : applied;
}

function heldOf(request: ThrottleRequest): ThrottleRequest & { hold: Hold } {
  if (!isHeld(request)) throw new Error('its time is over');
  return request;
}

const held = heldOf(inForce());

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

  it('inherits no rate from before that somebody has changed since, past the bot', () => {
    const after = inForce(
      { ask: { rate: { kind: 'absolute', bytesPerSecond: 5 * MIB } }, seen: { bytesPerSecond: 10 * MIB } },
      held,
    );
    expect(heldOf(after).hold.base).toBe(10 * MIB);
  });
});

describe('what follows a limit that came into force', () => {
  it('is its end, where one was asked', () => {
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

describe('what a look means, once the intent is on record', () => {
  const CHANGE = 'datasync:UpdateTaskExecution';
  const DENIED: Sent = { requestId: 'u', refused: { why: 'denied', action: CHANGE }, putOff: null };
  const PUT_OFF: Sent = { requestId: 'u', refused: null, putOff: { why: 'throttled', action: CHANGE } };
  const sending = (attempt: number) => {
    const event = { ...stateEvent(held, 'revert.started', null, 'd'), detail: { attempt, role: ROLE } };
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
      look({ bytesPerSecond: SET }, 1, MOST_SENDS, PUT_OFF),
      { kind: 'put-off', event: { event: 'revert.started', detail: { attempt: MOST_SENDS, putOff: PUT_OFF.putOff } } },
    ],
    ['not yet', look({ bytesPerSecond: SET }, SETTLE_SECONDS - 1), { kind: 'look-again' }],
    [
      'not for long',
      look({ bytesPerSecond: SET }, SETTLE_SECONDS),
      { kind: 'send-again', event: { detail: { attempt: 2 } } },
    ],
    [
      'never',
      look({ bytesPerSecond: SET }, SETTLE_SECONDS, MOST_SENDS),
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

describe('Revert now', () => {
  it('is not undone by more time for it', () => {
    const facts = { inForce: policy(), groups: NO_GROUPS, people: PEOPLE, now: at(60) };
    const decision = decideRevertNow(held, OPERATOR, facts);
    if (!decision.ok) throw new Error('the requester may');
    expect(canExtend(held)).toBe(true);
    expect(canExtend(folded(held, at(60), decision.event))).toBe(false);
  });

  const facts = { inForce: policy(rule()), groups: GROUPS, people: PEOPLE, now: at(60) };

  it('is for the requester, who approved and whoever may decide', () => {
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

describe('somebody’s change', () => {
  const seen = (request: ThrottleRequest, changes: Partial<TaskExecution>) =>
    decideDrift(request, execution(changes), 'd');

  it('is on record once, and again when it changes again', () => {
    expect(seen(held, { bytesPerSecond: SET })).toBeNull();
    const first = seen(held, { bytesPerSecond: 7 });
    expect(first).toMatchObject({ event: 'drift.detected', from: SET, to: 7, detail: { rate: 7, expected: SET } });
    const drifted = folded(held, at(9), first ?? undefined);
    expect(seen(drifted, { bytesPerSecond: 7 })).toBeNull();
    expect(seen(drifted, { bytesPerSecond: SET })).toMatchObject({ from: 7, to: SET });
    const skipped = folded(
      drifted,
      at(10),
      skippedEvent(heldOf(drifted), 'changed', 'd', { execution: execution({ bytesPerSecond: 8 }) }),
    );
    expect(seen(skipped, { bytesPerSecond: 8 })).toBeNull();
  });

  it('is none while ours is on its way, after the end, and after we set it back', () => {
    const started = folded(held, at(9), { ...stateEvent(held, 'revert.started', null, 'd'), detail: { attempt: 1 } });
    expect(seen(started, { bytesPerSecond: 7 })).toBeNull();
    expect(seen(held, { bytesPerSecond: 7, status: 'SUCCESS' })).toBeNull();
    const back = folded(started, at(10), { ...stateEvent(started, 'reverted', null, 'd'), detail: { rate: BASE } });
    expect(expectedRates(back)).toEqual([BASE]);
    expect(seen(back, { bytesPerSecond: BASE })).toBeNull();
    expect(seen(back, { bytesPerSecond: SET })).toMatchObject({ from: BASE, to: SET });
  });
});

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

  it('is asked on the rate in force, with the approvals of the change itself', () => {
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
