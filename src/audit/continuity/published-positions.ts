import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import type { LogPosition } from '../format/log-position.ts';
import { isHash, isSeq, parseObject } from '../format/parse-json.ts';
import { createSharedSeal } from '../format/shared-seal.ts';

/** What the seal is about. Seals in Redis were made with this text, so it stays. */
const ABOUT = 'sight';
const sealedText = ({ log, seq, hash }: LogPosition) => JSON.stringify({ log, seq, hash });

/**
 * The records that bots found missing. `position` is null where no bot with these keys published it: such an entry stops
 * nobody.
 */
export async function readPublishedPositions(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
): Promise<{ field: string; position: LogPosition | null }[]> {
  const published = Object.entries(await redis.hgetall(keys.missingPositions));
  const { isSealed } = createSharedSeal(auditKeys);
  return published.map(([field, text]) => {
    const { log, seq, hash, seal } = parseObject(text) ?? {};
    const whole = typeof log === 'string' && isSeq(seq) && typeof hash === 'string' && isHash(hash);
    const sealed = whole && typeof seal === 'string' && isSealed(ABOUT, sealedText({ log, seq, hash }), seal);
    return { field, position: sealed ? { log, seq, hash } : null };
  });
}

export async function publishPositions(
  redis: Connection,
  keys: Keys,
  positions: readonly LogPosition[],
  auditKeys: readonly AuditKey[],
): Promise<void> {
  const { seal } = createSharedSeal(auditKeys);
  for (const position of positions) {
    const { log, seq, hash } = position;
    const value = { log, seq, hash, seal: seal(ABOUT, sealedText(position)) };
    await redis.hset(keys.missingPositions, `${log}:${seq}:${hash}`, JSON.stringify(value));
  }
}
