import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import type { ExportHead } from '../../../src/audit/format/export-format.ts';
import { type ExportOptions, exportAudit } from '../../../src/commands/audit/export-audit.ts';
import { verifyAudit } from '../../../src/commands/audit/verify-audit.ts';
import { run, START, writeLog } from '../../audit/log/log-fixture.ts';

type Log = Awaited<ReturnType<typeof writeLog>>;

export let folder: string;
const opened: Log[] = [];

/** Sets it up for each test of the file that calls this. */
export function givenExportedLog(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-audit-'));
  });
  afterAll(async () => {
    for (const log of opened.splice(0)) log.close();
    await rm(folder, { recursive: true });
  });
}

export async function newLog(length: number): Promise<Log> {
  const log = await writeLog(inject('redisUrl'), length);
  opened.push(log);
  return log;
}

export const exported = (env: NodeJS.ProcessEnv, options: Partial<ExportOptions> = {}) =>
  run(env, (terminal) => exportAudit({ format: 'jsonl', ...options }, terminal));
export const verified = (env: NodeJS.ProcessEnv, file?: string) =>
  run(env, (terminal) => verifyAudit(file === undefined ? {} : { file }, terminal));
export const headOf = (text: string) => (JSON.parse(text.split('\n')[0] ?? '') as { export: ExportHead }).export;
export const words = (out: string) => out.split('\n').map((line) => line.replaceAll(/ +/g, ' '));
export const minute = (number: number) => new Date(START + number * 60_000).toISOString();
export const withoutKeys = ({ AUDIT_KEYS: _, ...env }: NodeJS.ProcessEnv) => env;

export async function saved(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}
