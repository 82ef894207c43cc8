import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { count } from '../../../domain/text/count.ts';
import type { ReadDeps } from '../../../workflow/people/may-read-audit.ts';
import type { AuditReader, ExportedFile } from '../../../workflow/ports/audit/audit-reader.ts';
import type { Clock } from '../../../workflow/ports/clock.ts';
import { checkAudit, takeExport } from '../../../workflow/queries/check-audit.ts';
import type { Command } from '../../command-text/command.ts';
import type { SlackClients } from '../../connection/clients.ts';
import type { Caller } from '../../context/interaction.ts';
import { verdictMessage } from '../../views/audit/audit-verdicts.ts';
import { notReadWords } from './look-up-audit.ts';

interface Deps extends ReadDeps {
  audit: AuditReader;
}

interface ExportDeps extends Deps {
  clients: SlackClients;
  clock: Clock;
}

const BUSY = 'The log is being exported for somebody else right now, so no file was made. Try again in a minute.';
/** A whole log may be large. */
const UPLOAD_MS = 10 * 60_000;

/** `audit verify`: the whole log is checked, by its hashes, MACs and checkpoints. */
export async function verifyLog(deps: Deps, caller: Caller): Promise<void> {
  const { user, channel, op } = caller;
  const checked = await checkAudit(deps, { user, channel, op });
  if (checked.kind !== 'checked') return caller.say(notReadWords(checked));
  await caller.say(verdictMessage(checked.verdicts, deps.audit.lost()?.message ?? null));
}

/** `audit export [since <duration>]`: a file to the asker's direct messages. */
export async function exportLog(
  deps: ExportDeps,
  caller: Caller,
  command: Extract<Command, { kind: 'audit-export' }>,
): Promise<void> {
  const { user, channel, op } = caller;
  const taken = await takeExport(deps, { user, channel, op, sinceSeconds: command.sinceSeconds });
  if (taken.kind === 'busy') return caller.say(BUSY);
  if (taken.kind !== 'exported') return caller.say(notReadWords(taken));
  const { file } = taken;
  try {
    if (file.count === 0) return await caller.say('The audit log has no record in that time, so there is no file.');
    await upload(deps, user, file);
    await caller.say(
      `${count(file.count, 'audit record')}, ${file.first} to ${file.last}: the file is in your direct messages.`,
    );
  } finally {
    await file.remove();
  }
}

/** Streamed, so that memory does not grow with the log: `filesUploadV2` would hold all of it. */
async function upload({ clients, clock }: ExportDeps, user: string, file: ExportedFile): Promise<void> {
  const { channel } = await clients.background.conversations.open({ users: user });
  const filename = `audit-${file.first}-${file.last}.jsonl`;
  const place = await clients.background.files.getUploadURLExternal({ filename, length: file.bytes });
  if (!channel?.id || !place.upload_url || !place.file_id) throw new Error('Slack named no place for a file');
  const answer = await fetch(place.upload_url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(file.bytes) },
    body: Readable.toWeb(createReadStream(file.path)) as ReadableStream,
    duplex: 'half',
    signal: AbortSignal.timeout(UPLOAD_MS),
  } as RequestInit);
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`Slack answered ${answer.status} to a file`);
  await clients.background.files.completeUploadExternal({
    files: [{ id: place.file_id, title: filename }],
    channel_id: channel.id,
    initial_comment: `The audit log, ${count(file.count, 'record')}, as of ${clock.now().toISOString()}. \`datasync-throttle audit verify --file\` checks it.`,
  });
}
