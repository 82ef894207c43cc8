import { describe, expect, it } from 'vitest';
import { elementsOf } from '../../../../sandbox/slack/block-walk.ts';
import type { ThrottleRequest } from '../../../../src/domain/request/throttle-request.ts';
import { resultMessage } from '../../../../src/slack/views/cards/result.ts';
import { extendModal } from '../../../../src/slack/views/modals/extend-modal.ts';
import { approval, ending, expectGoodView, hold, NOW, RECORD, read, request, rule, seal } from '../text/given-facts.ts';
import { card, held, MIB } from './given-limit.ts';

describe('more time', () => {
  const extension = { request: 'r-0000000000', dueAt: '2026-11-22T16:25:00.000Z', totalSeconds: 10_800 };
  const more = (but: Partial<ThrottleRequest> = {}) =>
    request({ from: 50 * MIB, to: 50 * MIB, durationSeconds: 3600, extends: extension, ...but });

  it('is requested on a card that names no other rate', () => {
    const { first, all } = card({ request: more() });
    expect(first).toContain('nightly_sync, 50 MiB/s (419 Mbit/s) for 1 h more');
    expect(all).toContain('No rate changes');
    expect(all).toContain('3 h in all');
    expect(all).not.toContain('→');
  });

  it('has no Ask again where it came too late', () => {
    const late = more({ status: 'stale', ending: ending({ why: 'timer' }) });
    expect(card({ request: late }).actions).toEqual([]);
    expect(resultMessage({ request: late, record: RECORD, now: NOW, seal })?.text).not.toContain('Ask again');
  });

  it('has a result that says until when', () => {
    const message = resultMessage({
      request: more({ status: 'applied', ending: ending(), hold: hold(), approvals: [approval()] }),
      record: RECORD,
      now: NOW,
      seal,
    });
    expect(message?.text).toContain('More time: nightly_sync stays limited to 50 MiB/s');
    const buttons = elementsOf(JSON.parse(JSON.stringify(message?.blocks ?? [])));
    expect(buttons.map(({ actionId }) => actionId)).toEqual(['revert-now']);
  });

  it('is requested in a modal that says what is allowed', () => {
    const view = extendModal({
      metadata: 'sealed',
      request: { ...held(), hold: hold() },
      next: 25 * MIB,
      rule: rule(),
    });
    expectGoodView(view);
    expect(read(view)).toContain('The policy allows 12 h in all');
    expect(read(view)).toContain('reverts to 25 MiB/s (210 Mbit/s)');
    expectGoodView(
      extendModal({ metadata: 'sealed', request: { ...held(), hold: hold() }, next: 25 * MIB, rule: null }),
    );
  });
});
