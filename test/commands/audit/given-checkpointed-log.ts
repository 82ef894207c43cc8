import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, inject } from 'vitest';
import { createCheckpoints } from '../../../src/audit/continuity/audit-checkpoints.ts';
import { createAuditAlarms } from '../../../src/audit/log/audit-alarms.ts';
import { acceptAuditLoss } from '../../../src/commands/audit/accept-audit-loss.ts';
import { type VerifyOptions, verifyAudit } from '../../../src/commands/audit/verify-audit.ts';
import { readAuditKeys } from '../../../src/config/audit-keys.ts';
import { newSigningKey, run } from '../../audit/log/log-fixture.ts';
import { asked, AUDIT_KEYS as LOG_KEYS, openLedger } from '../../store/given-ledger.ts';

const AUDIT_KEYS = `k1:${'07'.repeat(32)}`;
export const SLACK = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
  POLICY_FILE: fileURLToPath(new URL('../../../policy.example.yml', import.meta.url)),
};
const LATER = { now: () => new Date('2030-01-01T00:00:00.000Z') };

export let folder: string;
export let opened: Awaited<ReturnType<typeof openLedger>>;
export let env: NodeJS.ProcessEnv;
export let signing: ReturnType<typeof newSigningKey>;

/** Sets it up for each test of the file that calls this. */
export function givenCheckpointedLog(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-loss-'));
    opened = await openLedger();
    signing = newSigningKey();
    env = {
      REDIS_URL: inject('redisUrl'),
      REDIS_KEY_PREFIX: opened.keys.head.slice(1, opened.keys.head.indexOf('}')),
      AUDIT_KEYS,
      AUDIT_SIGNING_KEY: signing.base64,
      AUDIT_CHECKPOINT_FILE: join(folder, 'checkpoints.jsonl'),
    };
  });
  afterEach(async () => {
    opened.close();
    await rm(folder, { recursive: true });
  });
}

/** Goes on with the same log, under another clock. */
export async function reopen(clock: { now(): Date }): Promise<void> {
  opened.close();
  opened = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '', clock });
}

export async function write(from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number++) await asked(opened.ledger, number);
}

/** A round of checkpoints, with the clock so far on that one is due. */
export async function checkpoint(): Promise<void> {
  const { redis, keys } = opened;
  const read = readAuditKeys(env);
  if (!read.ok) throw new Error('keys');
  await redis.hset(keys.checkpoint, { seq: 0, at: 0 });
  await createCheckpoints({
    redis,
    keys,
    signingKey: read.value.signingKey,
    file: env.AUDIT_CHECKPOINT_FILE ?? null,
    clock: LATER,
    auditKeys: LOG_KEYS,
    alarms: createAuditAlarms(),
  }).round();
}

export const accept = (seen?: string, but: NodeJS.ProcessEnv = {}) =>
  run({ ...env, ...but }, (terminal) =>
    acceptAuditLoss({ reason: 'the disk burned', ...(seen === undefined ? {} : { seen }) }, terminal),
  );
export const verify = (options: VerifyOptions = {}, but: NodeJS.ProcessEnv = {}) =>
  run({ ...env, ...but }, (terminal) => verifyAudit(options, terminal));
export const verifyAll = () => verify({ checkpoints: env.AUDIT_CHECKPOINT_FILE ?? '' });
export const lastRecord = async () => {
  const [last] = await opened.redis.xrevrange(opened.keys.audit, '+', '-', 'COUNT', 1);
  return JSON.parse(last?.[1][1] ?? '');
};
