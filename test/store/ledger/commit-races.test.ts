import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createLogContinuity } from '../../../src/audit/continuity/log-continuity.ts';
import { loadScript } from '../../../src/store/connection/script.ts';
import { createCommitQueue } from '../../../src/store/ledger/commit-queue.ts';
import { createLogHead } from '../../../src/store/ledger/log-head.ts';
import { T0 } from '../../domain/given.ts';
import { AUDIT_KEYS, asking, openLedger, policyLoaded, verifiedLog } from '../given-ledger.ts';

it('Beside a bot that knows no turns and is faster than a batch, commits go one by one, and none is given up', async () => {
  const faster = await openLedger();
  const slower = await openLedger({ prefix: /^\{(.*?)\}/.exec(faster.keys.head)?.[1] ?? '' });
  const { redis, keys } = slower;
  const [signer] = AUDIT_KEYS;
  if (!signer) throw new Error('no key');
  const runCommit = loadScript(redis, 'commit');
  let others = 0;
  const { commit } = createCommitQueue({
    keys,
    signer,
    clock: { now: () => T0 },
    writer: randomUUID(),
    head: createLogHead(createLogContinuity({ redis, keys, auditKeys: AUDIT_KEYS }), randomUUID),
    run: async (names, values) => {
      const { commits } = JSON.parse(String(values[0])) as { commits: unknown[] };
      // It is quick with one, and late with more.
      if (commits.length > 1) {
        // An older version writes past whoever has the turn.
        const turn = await redis.getdel(keys.turn);
        others += 1;
        await faster.ledger.commit(policyLoaded(`other ${others}`));
        if (turn !== null) await redis.set(keys.turn, turn, 'PX', 500);
      }
      return runCommit(names, values);
    },
  });
  const all = await Promise.all(Array.from({ length: 20 }, (_, place) => commit(asking(place + 1))));
  expect(all.map(({ kind }) => kind)).toEqual(Array(20).fill('committed'));
  expect(await verifiedLog(faster)).toHaveLength(20 + others);
  faster.close();
  slower.close();
});
