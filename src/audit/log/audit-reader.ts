import type { KeyObject } from 'node:crypto';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { createRedisOutcome } from '../../store/connection/redis-outcome.ts';
import type { RedisLedger } from '../../store/ledger/ledger.ts';
import type { AuditReader, ExportedFile } from '../../workflow/ports/audit/audit-reader.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { jsonLines } from '../format/export-format.ts';
import { withFlaw } from '../verify/verify-log.ts';
import type { AuditAlarms } from './audit-alarms.ts';
import { type ExportPlan, exportedEvent, exportText, planExport } from './audit-export.ts';
import { createAuditSearch } from './audit-search.ts';
import { readKnownCheckpoints } from './checkpoint-file.ts';
import { verifyRedisLog } from './verify-redis-log.ts';

interface ReaderOptions {
  redis: Connection;
  keys: Keys;
  ledger: RedisLedger;
  clock: Clock;
  auditKeys: readonly AuditKey[];
  signingKey: KeyObject | null;
  checkpointFile: string | null;
  alarms: AuditAlarms;
}

/** Exports that are being sent: each is a file on this machine until Slack has it. */
const MAX_FILES = 3;

const unknown = { verdict: 'unknown', seq: null, why: 'there is no record yet' } as const;
const NO_RECORD = { integrity: unknown, completeness: unknown, authenticity: unknown, faulty: false, firstBad: null };

/** Reads the log in Redis for people in Slack. */
export function createAuditReader(options: ReaderOptions): AuditReader {
  const { redis, keys, ledger, signingKey } = options;
  const search = createAuditSearch(redis, keys, createRedisOutcome(redis), options);

  async function verify() {
    const { checkpointFile: file } = options;
    const kept = file === null ? null : await readKnownCheckpoints(file, 'AUDIT_CHECKPOINT_FILE', signingKey);
    const found = (await verifyRedisLog(redis, keys, options.auditKeys, kept?.checkpoints)) ?? NO_RECORD;
    return kept?.flaw ? withFlaw(found, kept.flaw, kept.checkpoints === null) : found;
  }

  async function exportTo(path: string, plan: ExportPlan): Promise<number> {
    const text = exportText(redis, keys, plan, jsonLines(signingKey));
    await pipeline(Readable.from(text), createWriteStream(path, { mode: 0o600 }));
    return (await stat(path)).size;
  }

  const exportOne = oneAtATime();
  let verifying: ReturnType<typeof verify> | null = null;
  let files = 0;
  return {
    lost: () => ledger.lost(),
    page: search.page,
    verify() {
      verifying ??= verify().finally(() => {
        verifying = null;
      });
      return verifying;
    },
    async export(since, by, channel) {
      if (files >= MAX_FILES) return null;
      return exportOne(async (): Promise<ExportedFile> => {
        const plan = await planExport(redis, keys, { since, until: null }, options.clock.now());
        const event = { ...exportedEvent(plan.head, 'Slack'), actor: by, channel };
        // The record comes first, so that there is never an export without one.
        if (plan.ids) await ledger.commit({ op: `export:${randomUUID()}`, prior: null, events: [event] });
        const folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-export-'));
        files += 1;
        const remove = async () => {
          files -= 1;
          await rm(folder, { recursive: true, force: true });
        };
        try {
          const path = join(folder, 'audit.jsonl');
          const { count, first, last } = plan.head;
          return { path, bytes: await exportTo(path, plan), count, first, last, remove };
        } catch (cause) {
          await remove();
          throw cause;
        }
      });
    },
  };
}

/** Reading a whole log is too much work to do twice at once. */
function oneAtATime() {
  let busy = false;
  return async <T>(work: () => Promise<T>): Promise<T | null> => {
    if (busy) return null;
    busy = true;
    try {
      return await work();
    } finally {
      busy = false;
    }
  };
}
