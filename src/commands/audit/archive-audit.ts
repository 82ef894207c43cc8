import { createReadStream } from 'node:fs';
import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCheckpoint } from '../../audit/continuity/make-checkpoint.ts';
import { checkpointSoon } from '../../audit/continuity/shared-checkpoint.ts';
import { writeCheckpointLine } from '../../audit/format/checkpoint-format.ts';
import { jsonLines, readHeadLine, readRecordLine } from '../../audit/format/export-format.ts';
import { linesOf } from '../../audit/format/lines-of.ts';
import { type ArchivePlan, planArchive, trimStep } from '../../audit/log/audit-archive.ts';
import { exportText } from '../../audit/log/audit-export.ts';
import { appendCheckpoints } from '../../audit/log/checkpoint-file.ts';
import { verifyRedisLog } from '../../audit/log/verify-redis-log.ts';
import { verifyLog } from '../../audit/verify/verify-log.ts';
import { readCheckpointPath } from '../../config/file-paths.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import type { Detail } from '../../domain/audit/audit-event.ts';
import { plainEvent } from '../../domain/audit/audit-record.ts';
import { printable } from '../../domain/text/printable.ts';
import type { RedisLedger } from '../../store/ledger/ledger.ts';
import { CannotRun } from '../cannot-run.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { refuseExisting, writeWholeFile } from './export-audit.ts';
import { readMoment } from './moment.ts';
import { openLedger, orCannotRun, readCheckpoints, withLog } from './open-log.ts';
import { progressLine } from './progress-line.ts';

export interface ArchiveOptions {
  until: string;
  out: string;
}

/** Between two steps, so that other commands don't wait until a whole archive is deleted. */
const PAUSE_MS = 5;

/**
 * Moves the oldest part of the log to a file: it is verified, written, read back and verified again, checkpointed and put
 * on record. Only then is it deleted from Redis.
 */
export async function archiveAudit({ until, out }: ArchiveOptions, terminal: Terminal): Promise<ExitCode> {
  const moment = readMoment('--until', until, terminal.now());
  const { redis: target, keys: auditKeys, signingKey } = orCannotRun(readLedgerConfig(terminal.env));
  if (auditKeys === null) throw new CannotRun('AUDIT_KEYS is not set, and an archive is verified and on record');
  await refuseExisting(out);
  const file = readCheckpointPath(terminal.env);
  return withLog(target, async (redis, keys): Promise<ExitCode> => {
    const { ledger, lost } = await openLedger(redis, keys, auditKeys, { signingKey, terminal });
    if (lost !== null) throw new CannotRun(`nothing is archived: ${lost}`);
    const whole = await verifyRedisLog(redis, keys, auditKeys, await readCheckpoints(terminal.env, signingKey));
    if (!whole || whole.faulty) {
      throw new CannotRun(
        `the log is not good, so nothing is archived: see \`audit verify\` (first bad seq: ${whole?.firstBad ?? 'none'})`,
      );
    }
    const plan = await planArchive(redis, keys, auditKeys, { until: moment, now: terminal.now() });
    const { head, ids } = plan;
    const { log, first, last, hash, count, at } = head;
    if (!ids || log === null || first === null || last === null || hash === null) {
      terminal.say(`there is nothing to archive${grantWords(plan)}`);
      return 0;
    }
    const progress = (count: number) => terminal.progress?.(progressLine('archived', count, head.count));
    const write = (to: NodeJS.WritableStream) =>
      pipeline(Readable.from(exportText(redis, keys, plan, jsonLines(signingKey), progress)), to);
    await writeWholeFile(out, async () => {}, write).finally(() => terminal.progress?.(''));
    await verifyWritten(out, auditKeys);
    if (file !== null) {
      const checkpoint = await makeCheckpoint(redis, keys, auditKeys, { seq: last, now: terminal.now() });
      if ('untrusted' in checkpoint) throw new CannotRun(`record ${last} changed meanwhile: see \`audit verify\``);
      await appendCheckpoints(file, [writeCheckpointLine(checkpoint, signingKey)]);
    }
    if (!(await record(ledger, { log, first, last, hash, count, at }))) {
      throw new CannotRun(`the log changed meanwhile: ${printable(out)} is good, and nothing was taken out of Redis`);
    }
    await checkpointSoon(redis, keys);
    if (file === null) {
      terminal.say(
        'note: AUDIT_CHECKPOINT_FILE is not set here. A running bot makes a checkpoint of this at its next look',
      );
    }
    while (await trimStep(redis, keys, auditKeys)) await sleep(PAUSE_MS);
    terminal.say(
      `${head.count} records, ${head.first} to ${head.last}, in ${printable(out)} and out of Redis${grantWords(plan)}`,
    );
    return 0;
  });
}

function grantWords({ held }: ArchivePlan): string {
  if (held === null) return '';
  return held === 'last-record'
    ? '; the last record stays'
    : '; the records of an open request, or of a limit that will be reverted, stay, and what follows them';
}

/** Reads the file back, before anything is deleted from Redis. */
async function verifyWritten(out: string, auditKeys: Parameters<typeof verifyLog>[2]): Promise<void> {
  const lines = linesOf(createReadStream(out));
  const first = await lines.next();
  const headLine = first.done ? null : readHeadLine(first.value);
  const head = { name: 'its head', claim: headLine?.head ?? null, signature: null };
  async function* records() {
    for await (const line of lines) yield [{ where: 'a line', ...readRecordLine(line) }];
  }
  if ((await verifyLog(records(), head, auditKeys)).faulty) {
    throw new CannotRun(`${printable(out)} does not read back as it was written: nothing was taken out of Redis`);
  }
}

/** From this record on, the archived part no longer belongs to the log in Redis. False: that part changed in between. */
async function record(ledger: RedisLedger, part: Omit<Detail<'audit.archived'>, 'by'>): Promise<boolean> {
  const detail = { by: `command line, ${userInfo().username}`, ...part };
  const { kind } = await ledger.commit({
    op: `archive:${part.last}:${part.hash}`,
    prior: null,
    events: [plainEvent('audit.archived', { detail })],
  });
  return kind !== 'moved';
}
