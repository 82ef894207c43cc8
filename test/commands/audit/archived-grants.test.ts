import { join } from 'node:path';
import { expect, it } from 'vitest';
import { archiveAudit } from '../../../src/commands/audit/archive-audit.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { scheduledEvent } from '../../../src/domain/run/grant/schedule-end.ts';
import { run } from '../../audit/log/log-fixture.ts';
import { T0 } from '../../domain/given.ts';
import { asked, policyLoaded } from '../../store/given-ledger.ts';
import { env, folder, givenCheckpointedLog, opened } from './given-checkpointed-log.ts';

givenCheckpointedLog();

const by = (user: string) => ({ team: 'T0', user, name: user.toLowerCase() });

/** A request whose limit is in force and will be reverted. */
async function grantedFor(seconds: number): Promise<ThrottleRequest> {
  const { ledger } = opened;
  let request = await asked(ledger, 1);
  const commit = async (
    op: string,
    next: (request: ThrottleRequest) => Parameters<typeof ledger.commit>[0]['events'],
  ) => {
    const run = await ledger.run(request.execution);
    const committed = await ledger.commit({ op, prior: request, events: next(request), run });
    if (committed.kind !== 'committed' || !committed.state) throw new Error(committed.kind);
    request = committed.state;
  };
  const needed = { comment: null, count: 1, needed: 1, complete: true, expiresAt: request.expiresAt };
  await commit('approve', (at) => [stateEvent(at, 'approved', by('U0LEAD'), 'd', needed)]);
  await commit('start', (at) => [stateEvent(at, 'apply.started', null, 'd', { attempt: 1, role: null })]);
  await commit('apply', (at) => {
    const after = { ...at, version: at.version + 1, durationSeconds: seconds };
    const scheduled = scheduledEvent(after, { policy: 'd', now: T0, run: null, from: at.from });
    if (!scheduled) throw new Error('no end');
    return [stateEvent(at, 'applied', null, 'd', { rate: at.to, status: 'TRANSFERRING' }), scheduled];
  });
  return request;
}

it('An archive leaves the records of a limit that will be reverted: they prove its rate and its end', async () => {
  await opened.ledger.commit(policyLoaded('p'));
  const request = await grantedFor(3600);
  const archive = () => run(env, (terminal) => archiveAudit({ until: '2029-01-01', out: join(folder, 'a') }, terminal));
  const { said } = await archive().catch((fault: Error) => ({ said: fault.message }));
  expect(said).toContain('1 records, 1 to 1');
  expect(said).toContain('or of a limit that will be reverted, stay');
  const [first] = await opened.redis.zrange(opened.keys.indexRequest(request.id), '0', '0');
  expect(await opened.redis.xrange(opened.keys.audit, `${first}-0`, `${first}-0`)).toHaveLength(1);
  expect(await opened.ledger.prove(request.id)).toMatchObject({ kind: 'proven', stored: { request } });
});
