import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/domain/audit/audit-event.ts';
import { evolve } from '../../../src/domain/request/evolve-request.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import { isOpen } from '../../../src/domain/request/throttle-request.ts';
import { startedEvent } from '../../../src/domain/run/change/change-events.ts';
import { planOfRequest } from '../../../src/domain/run/change/decide-apply.ts';
import { SAMPLES, sampleOf } from '../audit/sample-records.ts';
import { at, folded, LEAD, policy, requested, rule } from '../given.ts';

const pending = requested();
const free = requested({ of: rule({ approvals: { lower: 0, raise: 1, unlimited: null } }) });
const cancelled = stateEvent(pending, 'cancelled', null, 'digest', null);
/** The same event, of this request and its next version. */
const of = (request: typeof pending, event: AuditEvent) => ({
  ...{ ...event, at: at(9).toISOString() },
  ...{ request: request.id, version: request.version + 1 },
});
const HARMLESS: readonly AuditEvent['event'][] = [
  'refused',
  'decision.refused',
  'policy.loaded',
  'audit.exported',
  'audit.archived',
  'loss.accepted',
  'link.window',
];
const harmless = SAMPLES.filter(({ event }) => HARMLESS.includes(event));

describe('evolve', () => {
  it('begins pending, or approved where nobody needs to approve', () => {
    expect(pending).toMatchObject({ status: 'pending', version: 1, approvals: [], apply: null, ending: null });
    expect(free).toMatchObject({ status: 'approved', approvalsNeeded: 0 });
  });

  it('is not moved by what says nothing about its state', () => {
    expect(new Set(harmless.map(({ event }) => event))).toEqual(new Set(HARMLESS));
    for (const event of harmless) expect(evolve(pending, of(pending, event))).toBe(pending);
  });

  it('is nothing before it was requested', () => {
    expect(evolve(null, of(pending, sampleOf('refused')))).toBeNull();
  });

  it('changes nothing that it was given', () => {
    const copy = structuredClone(pending);
    folded(pending, at(5), { ...cancelled, actor: LEAD });
    expect(pending).toEqual(copy);
  });

  it.each<[string, AuditEvent]>([
    ['a version that was left out', { ...cancelled, version: 3 }],
    ['a version twice', { ...cancelled, version: 1 }],
    ['another request', { ...cancelled, request: 'r-other' }],
    ['an outcome before the intent', of(pending, sampleOf('applied'))],
    ['a failure before the intent', of(pending, sampleOf('apply.failed'))],
    ['an unknown outcome before the intent', of(pending, sampleOf('apply.unknown'))],
    ['the intent before the approval', startedEvent(planOfRequest(pending, { inForce: policy(rule()) }), 1)],
    ['a second beginning', { ...of(pending, sampleOf('requested')), version: 1 }],
    ['an approval by nobody', { ...of(pending, sampleOf('approved')), actor: null }],
  ])('throws at %s', (_, event) => {
    expect(() => evolve(pending, { ...event, at: at(9).toISOString() })).toThrow();
  });

  it('throws at anything that would change what has ended', () => {
    const over = folded(pending, at(5), cancelled);
    expect(isOpen(over)).toBe(false);
    for (const event of SAMPLES) {
      const next = of(over, event);
      if (HARMLESS.includes(event.event)) expect(evolve(over, next)).toBe(over);
      else expect(() => evolve(over, next)).toThrow();
    }
  });
});
