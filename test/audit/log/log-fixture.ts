import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createAuditedLedger } from '../../../src/audit/continuity/audited-ledger.ts';
import { createTerminal, type Terminal } from '../../../src/commands/terminal.ts';
import type { AuditEvent } from '../../../src/domain/audit/audit-event.ts';
import { connect, openConnection } from '../../../src/store/connection/connection.ts';
import { createKeys } from '../../../src/store/connection/keys.ts';
import { targetOf } from '../../store/given-ledger.ts';

/** A date on which each record is a minute after the one before. */
export const START = Date.parse('2026-03-01T00:00:00.000Z');
export const KEY = 'ab'.repeat(32);
const NOW = new Date('2026-03-08T00:00:00.000Z');

/** Separators that only JSON keeps within a line, and what could end a line elsewhere. */
const REASON = 'night\u2028run\u2029 \n "quoted" é 🚚';

const K1 = { kid: 'k1', key: KEY };

/**
 * A real log in Redis, `length` records long; `{prefix}` is its own. Each signer writes an equal part of it, by a bot
 * that was started with it as the first key.
 */
export async function writeLog(redisUrl: string, length: number, signers: { kid: string; key: string }[] = [K1]) {
  const prefix = `t-${randomUUID().slice(0, 8)}`;
  const keys = createKeys(prefix);
  const redis = openConnection(targetOf(redisUrl), 'commands');
  await connect(redis, 5000);
  let minute = 0;
  for (const [place, { kid, key }] of signers.entries()) {
    const ledger = createAuditedLedger({
      redis,
      keys,
      newLogId: randomUUID,
      auditKeys: [{ kid, key: Buffer.from(key, 'hex') }],
      clock: { now: () => new Date(START + minute * 60_000) },
    });
    for (minute += 1; minute <= (length / signers.length) * (place + 1); minute++) {
      await ledger.commit({ op: `test:${minute}`, prior: null, events: [refused(minute)] });
    }
    minute -= 1;
  }
  const newestFirst = signers.map(({ kid, key }) => `${kid}:${key}`).reverse();
  const env = { REDIS_URL: redisUrl, REDIS_KEY_PREFIX: prefix, AUDIT_KEYS: newestFirst.join(',') };
  return { redis, keys, env, close: () => redis.disconnect() };
}

/** What a command wrote, and how it ended. */
export async function run<T>(env: NodeJS.ProcessEnv, command: (terminal: Terminal) => Promise<T>) {
  const out = new PassThrough();
  const said: string[] = [];
  const read = text(out);
  try {
    const code = await command(
      createTerminal({ env, out, err: { write: (words) => said.push(words.slice(0, -1)) }, now: () => NOW }),
    );
    out.end();
    return { code, said: said.join('\n'), out: await read };
  } finally {
    out.end();
  }
}

export function newSigningKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { publicKey, base64: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64') };
}

export function macBy(key: string, hash: string): string {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(Buffer.from(hash, 'hex')).digest('hex');
}

function refused(minute: number): AuditEvent {
  return {
    event: 'refused',
    request: null,
    version: null,
    channel: 'C0OPS',
    execution: null,
    account: null,
    region: null,
    actor: { team: 'T0', user: 'U0OPER', name: 'Oper' },
    from: null,
    to: 52_428_800,
    reason: `${REASON} ${minute}`,
    rule: null,
    policy: null,
    aws: null,
    detail: { why: 'no-rule' },
  };
}
