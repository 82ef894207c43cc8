import { describe, expect, it } from 'vitest';
import { type AuditEvent, EVENTS } from '../../src/domain/audit-event.ts';
import { startedEvent } from '../../src/domain/decide-apply.ts';
import { stateEvent } from '../../src/domain/decide-review.ts';
import { evolve, isOpen } from '../../src/domain/throttle-request.ts';
import { at, folded, LEAD, requested, rule } from './given.ts';

const pending = requested();
const free = requested({ of: rule({ approvals: { lower: 0, raise: 1, unlimited: null } }) });
const plain = (event: AuditEvent['event'], from = pending): AuditEvent => stateEvent(from, event, null, 'digest');
const dated = (event: AuditEvent) => ({ ...event, at: at(9).toISOString() });

describe('evolve', () => {
  it('begins pending, or agreed where nobody needs to agree', () => {
    expect(pending).toMatchObject({ status: 'pending', version: 1, approvals: [], apply: null, ending: null });
    expect(free).toMatchObject({ status: 'approved', approvalsNeeded: 0 });
  });

  it('is not moved by what says nothing about its state', () => {
    for (const event of ['refused', 'decision.refused', 'policy.loaded', 'audit.exported'] as const) {
      expect(evolve(pending, dated({ ...plain(event), version: pending.version }))).toBe(pending);
    }
  });

  it('is nothing before it was asked for', () => {
    expect(evolve(null, dated(plain('refused')))).toBeNull();
  });

  it('changes nothing that it was given', () => {
    const copy = structuredClone(pending);
    folded(pending, at(5), { ...plain('cancelled'), actor: LEAD });
    expect(pending).toEqual(copy);
  });

  it.each([
    ['a version that was left out', { ...plain('cancelled'), version: 3 }],
    ['a version twice', { ...plain('cancelled'), version: 1 }],
    ['another request', { ...plain('cancelled'), request: 'r-other' }],
    ['an outcome before the intent', plain('applied')],
    ['a failure before the intent', plain('apply.failed')],
    ['an unknown outcome before the intent', plain('apply.unknown')],
    ['the intent before the agreement', startedEvent(pending, 'digest', null, 1)],
    ['a second beginning', { ...plain('requested'), version: 1, detail: {} }],
    ['an approval by nobody', plain('approved')],
  ] as [string, AuditEvent][])('throws at %s', (_, event) => {
    expect(() => evolve(pending, dated(event))).toThrow();
  });

  it('throws at anything that would change what has ended', () => {
    const over = folded(pending, at(5), plain('cancelled'));
    expect(isOpen(over)).toBe(false);
    for (const event of EVENTS) {
      const next = dated(plain(event, over));
      const harmless = [
        'refused',
        'decision.refused',
        'policy.loaded',
        'audit.exported',
        'audit.archived',
        'loss.accepted',
      ].includes(event);
      if (harmless) expect(evolve(over, next)).toBe(over);
      else expect(() => evolve(over, next)).toThrow();
    }
  });
});
