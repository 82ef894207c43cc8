import { createRedisOutcome } from '../../store/connection/redis-outcome.ts';
import { createLedger, type LedgerOptions, type RedisLedger } from '../../store/ledger/ledger.ts';
import { type AuditAlarms, createAuditAlarms } from '../log/audit-alarms.ts';
import { createAuditSearch } from '../log/audit-search.ts';
import { type ContinuityOptions, createLogContinuity } from './log-continuity.ts';
import { createStateProof } from './proof/state-proof.ts';

export interface AuditedLedgerOptions
  extends ContinuityOptions,
    Omit<LedgerOptions, 'continuity' | 'lookUp' | 'state'> {
  /** Told what is wrong with records that are looked up. */
  alarms?: AuditAlarms;
}

/**
 * The ledger together with its audit log: it writes only while the log has what was observed of it, answers look-ups only
 * with records that their MAC proves, and says whether the records bear a stored state out.
 */
export function createAuditedLedger(options: AuditedLedgerOptions): RedisLedger {
  const { redis, keys, auditKeys, alarms = createAuditAlarms() } = options;
  const { lookUp } = createAuditSearch(redis, keys, createRedisOutcome(redis), { auditKeys, alarms });
  const continuity = createLogContinuity(options);
  const state = createStateProof({ redis, keys, auditKeys, continuity, alarms });
  return createLedger({ ...options, continuity, lookUp, state });
}
