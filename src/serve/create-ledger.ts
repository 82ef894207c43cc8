import { randomUUID } from 'node:crypto';
import { createAuditedLedger } from '../audit/continuity/audited-ledger.ts';
import { createAuditAlarms } from '../audit/log/audit-alarms.ts';
import type { Log } from '../logging/logger.ts';
import { countedLedger } from '../ops/counted-calls.ts';
import type { createLastCommit } from '../ops/last-commit.ts';
import { loggedLedger } from '../ops/logged-ledger.ts';
import { createMetrics } from '../ops/metrics.ts';
import { sharingReads } from '../store/ledger/shared-reads.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { OpenRedis } from './open-redis.ts';
import type { Settings } from './read-settings.ts';

/**
 * The ledger as the bot uses it: its commits are logged, counted and remembered for readiness, and reads that run at the same
 * time are shared. The audit log has to be checked (`startUpCheck`) before anything is written.
 */
export function createLedger({
  settings: { config, witness: checkpoint },
  store: { redis, keys },
  clock,
  log,
  lastCommit,
}: {
  settings: Settings;
  store: OpenRedis;
  clock: Clock;
  log: Log;
  lastCommit: ReturnType<typeof createLastCommit>;
}) {
  const alarms = createAuditAlarms((why) => log.error({ why }, 'the audit log, or what lies beside it, was changed'));
  const written = createAuditedLedger({
    redis,
    keys,
    auditKeys: config.audit.keys,
    clock,
    newLogId: randomUUID,
    checkpoint,
    alarms,
    onUnreadable: (err) =>
      log.error({ err, request: err.request }, 'a stored request can not be read, and is left as it is'),
    onLost: (err) => log.fatal({ err }, 'the log in Redis is not the one this bot wrote to: nothing more is written'),
  });
  const metrics = createMetrics({ countOpenRequests: written.countOpenRequests });
  const ledger = sharingReads(lastCommit.noted(countedLedger(loggedLedger(written, log), metrics)));
  return { ledger, metrics, alarms };
}

export type CreatedLedger = ReturnType<typeof createLedger>;
