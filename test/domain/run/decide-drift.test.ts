import { describe, expect, it } from 'vitest';
import type { TaskExecution } from '../../../src/domain/execution/task-execution.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { decideDrift, expectedRates } from '../../../src/domain/run/decide-drift.ts';
import { skippedEvent } from '../../../src/domain/run/decide-revert.ts';
import { at, execution, folded, ROLE } from '../given.ts';
import { BASE, held, heldOf, SET } from '../given-grant.ts';

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
    const started = folded(held, at(9), stateEvent(held, 'revert.started', null, 'd', { attempt: 1, role: ROLE }));
    expect(seen(started, { bytesPerSecond: 7 })).toBeNull();
    expect(seen(held, { bytesPerSecond: 7, status: 'SUCCESS' })).toBeNull();
    const back = folded(
      started,
      at(10),
      stateEvent(started, 'reverted', null, 'd', { rate: BASE, status: 'TRANSFERRING', attempt: 1 }),
    );
    expect(expectedRates(back)).toEqual([BASE]);
    expect(seen(back, { bytesPerSecond: BASE })).toBeNull();
    expect(seen(back, { bytesPerSecond: SET })).toMatchObject({ from: BASE, to: SET });
  });
});
