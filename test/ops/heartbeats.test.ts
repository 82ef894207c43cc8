import { expect, it } from 'vitest';
import { createHeartbeats } from '../../src/ops/heartbeats.ts';

it('a loop is overdue after its own limit, counted from when it was expected or from its last heartbeat', () => {
  let now = 0;
  const heartbeats = createHeartbeats(() => now);
  heartbeats.beat('take-aws');
  expect(heartbeats.overdue()).toEqual([]);
  heartbeats.expect('take-aws', 60_000);
  heartbeats.expect('timers', 30_000);
  now = 31_000;
  expect(heartbeats.overdue()).toEqual([{ loop: 'timers', ms: 31_000 }]);
  heartbeats.beat('timers');
  now = 61_000;
  expect(heartbeats.overdue()).toEqual([{ loop: 'take-aws', ms: 61_000 }]);
});
