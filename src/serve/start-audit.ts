import { createCheckpoints } from '../audit/continuity/audit-checkpoints.ts';
import { startAuditWatch } from '../audit/continuity/audit-watch.ts';
import { createSharedSeal } from '../audit/format/shared-seal.ts';
import { trimStep } from '../audit/log/audit-archive.ts';
import { createAuditReader } from '../audit/log/audit-reader.ts';
import type { Config } from '../config/read-config.ts';
import type { Log } from '../logging/logger.ts';
import type { Heartbeats } from '../ops/heartbeats.ts';
import { createAuditChannel } from '../slack/audit-channel.ts';
import type { SlackClients } from '../slack/connection/clients.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { PolicySource } from '../workflow/ports/policy-source.ts';
import type { CreatedLedger } from './create-ledger.ts';
import type { OpenRedis } from './open-redis.ts';

/** One round may make a hundred checkpoints. */
const HEARTBEAT_LIMIT_MS = 60_000;

/** Starts to watch the audit log: is it still the one that this bot wrote to, are there checkpoints. Alarms go to the channel. */
export function startAudit({
  config,
  store: { redis, keys },
  created: { ledger, alarms },
  clients,
  policy,
  replica,
  lookMs,
  clock,
  log,
  heartbeats,
}: {
  config: Config;
  store: OpenRedis;
  created: CreatedLedger;
  clients: SlackClients;
  policy: PolicySource;
  replica: string;
  lookMs: number | undefined;
  clock: Clock;
  log: Log;
  heartbeats: Heartbeats;
}) {
  const { keys: auditKeys, signingKey, checkpointFile } = config.audit;
  const checkpoints = createCheckpoints({ redis, keys, clock, auditKeys, signingKey, file: checkpointFile, alarms });
  const channel = createAuditChannel({ clients, channel: config.audit.channel, policy, log });
  heartbeats.expect('audit', HEARTBEAT_LIMIT_MS + 3 * (lookMs ?? 0));
  const watch = startAuditWatch({
    redis,
    keys,
    ledger,
    replica,
    ...(lookMs === undefined ? {} : { lookMs }),
    checkpoints,
    alarms,
    seal: createSharedSeal(auditKeys),
    checkState: () => ledger.proof.check(),
    trim: () => trimStep(redis, keys, auditKeys),
    tellCheckpoints: (lines) => channel.checkpoints(lines),
    tellLost: (fault) => channel.lost(fault.message),
    tellResumed: () => channel.resumed(),
    tellAlarm: (why, besides) => channel.alarm(why, besides),
    onTurn: () => heartbeats.beat('audit'),
    onFault: (err) => log.warn({ err }, 'the audit log could not be looked at, or checkpointed'),
  });
  return {
    /** For people who look up the log in Slack. */
    reader: createAuditReader({ redis, keys, ledger, clock, auditKeys, signingKey, checkpointFile, alarms }),
    /** What is wrong with the checkpoints, each as a sentence. */
    warnings: () => [checkpoints.overdue(), watch.unposted()].filter((why) => why !== null),
    stop: watch.stop,
  };
}
