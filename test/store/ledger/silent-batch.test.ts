import { expect, it } from 'vitest';
import { startLocalRedis } from '../../../sandbox/redis.ts';
import { connect } from '../../../src/store/connection/connection.ts';
import { NotRecorded, OutcomeUnknown } from '../../../src/workflow/faults.ts';
import { asking, openLedger, verifiedLog } from '../given-ledger.ts';

it('Where Redis goes silent under 200 commits, each is told what became of it, and none is made twice', async () => {
  const redis = await startLocalRedis();
  const opened = await openLedger({ url: redis.url });
  const told = new Map<string, string>();
  const changes = Array.from({ length: 200 }, (_, place) => asking(place + 1));
  const waiting = changes.map((change, place) => {
    const commit = opened.ledger.commit(change);
    // Some are acknowledged by then, some are under way, and the others wait.
    if (place === 20) void commit.then(redis.pause);
    return commit;
  });
  const settled = await Promise.allSettled(waiting);
  redis.resume();
  for (const [place, one] of settled.entries()) {
    const op = changes[place]?.op ?? '';
    if (one.status === 'fulfilled') told.set(op, one.value.kind);
    else if (one.reason instanceof OutcomeUnknown) told.set(op, await one.reason.settled);
    else {
      expect(one.reason).toBeInstanceOf(NotRecorded);
      told.set(op, 'not-recorded');
    }
  }
  const recorded = (await verifiedLog(opened)).map(({ op }) => op);
  expect(recorded).toEqual(changes.map(({ op }) => op).filter((op) => told.get(op) !== 'not-recorded'));
  expect([...told.values()]).toContain('committed');
  expect(recorded.length).toBeLessThan(200);
  // What was given up before it reached Redis stays so; what Redis never got may be sent again.
  await connect(opened.redis, 10_000);
  await Promise.allSettled(changes.map((change) => opened.ledger.commit(change)));
  const ops = (await verifiedLog(opened)).map(({ op }) => op);
  expect(new Set(ops).size).toBe(ops.length);
  expect(ops.slice(0, recorded.length)).toEqual(recorded);
  opened.close();
  await redis.close();
});
