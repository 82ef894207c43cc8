import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, inject } from 'vitest';
import { archiveAudit } from '../../../src/commands/audit/archive-audit.ts';
import { exportAudit } from '../../../src/commands/audit/export-audit.ts';
import { type VerifyOptions, verifyAudit } from '../../../src/commands/audit/verify-audit.ts';
import { newSigningKey, run, START, writeLog } from '../../audit/log/log-fixture.ts';

export let folder: string;
export let log: Awaited<ReturnType<typeof writeLog>>;
export let env: NodeJS.ProcessEnv;

/** Sets it up for each test of the file that calls this. */
export function givenArchivedLog(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-parts-'));
    log = await writeLog(inject('redisUrl'), 20);
    env = { ...log.env, AUDIT_SIGNING_KEY: newSigningKey().base64 };
  });
  afterEach(async () => {
    log.close();
    await rm(folder, { recursive: true });
  });
}

export const minute = (number: number) => new Date(START + number * 60_000).toISOString();
export const at = (name: string) => join(folder, name);
export const verify = (options: VerifyOptions = {}, but: NodeJS.ProcessEnv = {}) =>
  run({ ...env, ...but }, (terminal) => verifyAudit(options, terminal));
export const archive = (name: string, until: number, but: NodeJS.ProcessEnv = {}) =>
  run({ ...env, ...but }, (terminal) => archiveAudit({ until: minute(until), out: at(name) }, terminal));
export const exported = (name: string, range: { since?: string; until?: string } = {}, but: NodeJS.ProcessEnv = {}) =>
  run({ ...env, ...but }, (terminal) => exportAudit({ format: 'jsonl', out: at(name), ...range }, terminal));
/** The head line, and the lines of the records. */
export const linesOf = async (name: string) =>
  (await readFile(at(name), 'utf8')).trimEnd().split('\n') as [string, ...string[]];
export async function saved(name: string, lines: string[]): Promise<string> {
  await writeFile(at(name), `${lines.join('\n')}\n`);
  return at(name);
}
export const unsigned = { AUDIT_SIGNING_KEY: undefined };
