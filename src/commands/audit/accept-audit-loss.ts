import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { acceptLoss } from '../../audit/continuity/accept-loss.ts';
import { makeCheckpoint } from '../../audit/continuity/make-checkpoint.ts';
import { writeCheckpointLine } from '../../audit/format/checkpoint-format.ts';
import { appendCheckpoints } from '../../audit/log/checkpoint-file.ts';
import { readCheckpointPath } from '../../config/file-paths.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import { printable } from '../../domain/text/printable.ts';
import { CannotRun } from '../cannot-run.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { orCannotRun, readKnown, withLog } from './open-log.ts';

export interface AcceptLossOptions {
  reason: string;
  /** `seq:hash` */
  seen?: string;
}

/** Records that a person accepts the loss of records, with the gap that it leaves. Then the log continues. */
export async function acceptAuditLoss(options: AcceptLossOptions, terminal: Terminal): Promise<ExitCode> {
  const reason = options.reason.trim();
  if (reason === '') throw new CannotRun('--reason is empty, and it is what the record is for');
  const seen = options.seen === undefined ? null : readSeen(options.seen);
  const { redis: target, keys: auditKeys, signingKey } = orCannotRun(readLedgerConfig(terminal.env));
  if (auditKeys === null) throw new CannotRun('AUDIT_KEYS is not set, and the acceptance is a record like any other');
  const file = readCheckpointPath(terminal.env);
  const checkpoints = await readKnown(terminal.env, signingKey);
  return withLog(target, async (redis, keys): Promise<ExitCode> => {
    const accepted = await acceptLoss(redis, keys, {
      reason,
      seen,
      auditKeys,
      now: terminal.now(),
      newLogId: randomUUID,
      by: `command line, ${userInfo().username}`,
      checkpoints,
    });
    if (accepted.kind === 'nothing-lost') {
      throw new CannotRun(
        `nothing is lost, as far as ${accepted.asked} know: the log ends at ${accepted.last ?? 'nothing'}\n  expected: --seen seq:hash of a record that is gone, as /readyz and the checkpoints have it. A bot that still stands still goes on when it is started again`,
      );
    }
    if (accepted.kind === 'far') {
      throw new CannotRun(
        `--seen ${seen?.seq} is far above all that is known: record ${accepted.highest} is the highest that Redis, the bots and AUDIT_CHECKPOINT_FILE know of. The places up to it would be left empty for good\n  expected: seq:hash as /readyz and the checkpoints have it. If that is right, put the checkpoint that says so into the file of AUDIT_CHECKPOINT_FILE, as AUDIT_CHANNEL has it, and leave --seen out`,
      );
    }
    if (accepted.kind === 'moved') throw new CannotRun('somebody wrote to the log meanwhile: try again');
    const { seq, detail } = accepted;
    const gap = detail.gap === null ? 'no place is left empty' : `given up: ${detail.gap.first} to ${detail.gap.last}`;
    terminal.print(`accepted as record ${seq} (${accepted.hash}); ${gap}`);
    if (file !== null) {
      const checkpoint = await makeCheckpoint(redis, keys, auditKeys, { seq, now: terminal.now() });
      if (!('untrusted' in checkpoint)) await appendCheckpoints(file, [writeCheckpointLine(checkpoint, signingKey)]);
    }
    if (accepted.archived !== null) {
      terminal.say(
        `note: only Redis says that records up to ${accepted.archived} were archived; the record that said so is lost. Check that you have the archive, with \`audit verify --archive\``,
      );
    }
    const [left] = accepted.left;
    terminal.say(
      left
        ? `Nothing is written yet: record ${left.seq} (${left.hash}) of log ${printable(left.log)} was seen too, and is not there. Look at that, and accept it in the same way.`
        : 'Running bots go on by themselves within seconds.',
    );
    return 0;
  });
}

function readSeen(text: string): { seq: number; hash: string } {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  if (seq === undefined || hash === undefined || Number(seq) < 1) {
    throw new CannotRun(
      `--seen ${JSON.stringify(text.slice(0, 100))} can't be read\n  expected: seq:hash, the hash with its 64 hex digits, as /readyz and the checkpoints have it`,
    );
  }
  return { seq: Number(seq), hash };
}
