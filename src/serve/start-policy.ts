import { policyOnRecord } from '../audit/log/policy-on-record.ts';
import type { Config } from '../config/read-config.ts';
import type { Log } from '../logging/logger.ts';
import type { Heartbeats } from '../ops/heartbeats.ts';
import type { PolicyFile } from '../policy-file/open-policy-file.ts';
import { type PolicyWatch, watchPolicy } from '../policy-file/watch-policy.ts';
import { createPolicies } from '../store/ledger/policies.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { Ledger } from '../workflow/ports/ledger.ts';
import type { OpenRedis } from './open-redis.ts';

/** The policy announces itself every 5 s. */
const HEARTBEAT_LIMIT_MS = 30_000;

/** Starts the policy of this bot. It has been announced in Redis, if Redis answers, once this resolves. */
export async function startPolicy({
  config,
  file,
  store: { redis, keys },
  ledger,
  replica,
  clock,
  log,
  heartbeats,
}: {
  config: Config;
  file: PolicyFile;
  store: OpenRedis;
  ledger: Pick<Ledger, 'commit'>;
  replica: string;
  clock: Clock;
  log: Log;
  heartbeats: Heartbeats;
}): Promise<PolicyWatch> {
  heartbeats.expect('policy', HEARTBEAT_LIMIT_MS);
  const policies = createPolicies(redis, keys, replica, policyOnRecord(redis, keys, config.audit.keys));
  const onRound = () => heartbeats.beat('policy');
  const watch = watchPolicy({ ledger, file, policies, clock, log, onRound });
  await watch.announced;
  return watch;
}
