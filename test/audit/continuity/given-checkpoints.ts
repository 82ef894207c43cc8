import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { createCheckpoints } from '../../../src/audit/continuity/audit-checkpoints.ts';
import { type AuditAlarms, createAuditAlarms } from '../../../src/audit/log/audit-alarms.ts';
import { readCheckpointFile } from '../../../src/audit/log/checkpoint-file.ts';
import { AUDIT_KEYS, type OpenedLedger, openLedger, policyLoaded } from '../../store/given-ledger.ts';

export const { privateKey, publicKey } = generateKeyPairSync('ed25519');
export let opened: OpenedLedger;
export let folder: string;
/** The bots' clock, in seconds since the beginning of the test. */
export const time = { seconds: 0 };
let written: number;
export let alarms: AuditAlarms;

/** Sets it up for each test of the file that calls this. */
export function givenCheckpoints(): void {
  beforeEach(async () => {
    opened = await openLedger();
    folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-checkpoints-'));
    time.seconds = 0;
    written = 0;
    forgetAlarms();
  });
  afterEach(async () => {
    opened.close();
    await rm(folder, { recursive: true });
  });
}

export function forgetAlarms(): void {
  alarms = createAuditAlarms();
}

export async function write(count: number): Promise<void> {
  for (let number = 0; number < count; number++) await opened.ledger.commit(policyLoaded(`p:${written++}`));
}
export const bot = (file: string | null = join(folder, 'a'), signingKey: KeyObject | null = privateKey) =>
  createCheckpoints({
    redis: opened.redis,
    keys: opened.keys,
    auditKeys: AUDIT_KEYS,
    signingKey,
    file,
    alarms,
    clock: { now: () => new Date(Date.parse('2026-03-01T00:00:00Z') + time.seconds * 1000) },
  });
export const seqsIn = async (file: string) =>
  (await readCheckpointFile(join(folder, file))).lines.map(({ checkpoint }) => checkpoint.seq);
