import type { AuditHead } from '../../domain/audit/audit-record.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { type LogPosition, samePosition } from '../format/log-position.ts';
import { readLogState } from '../log/log-state.ts';
import { type PositionStatus, statusOf } from './position-status.ts';
import { readPublishedPositions } from './published-positions.ts';

export interface CheckedPositions {
  head: AuditHead | null;
  lost: LogPosition[];
  /** Those that are missing, which a person accepted. */
  accepted: LogPosition[];
}

/**
 * Checks that the log still has what this process observed of it, and what other bots published as missing. A published
 * position that is there again, or whose loss was accepted, is deleted: it no longer stops anybody.
 */
export async function checkPositions(
  redis: Connection,
  keys: Keys,
  own: readonly LogPosition[],
  auditKeys: readonly AuditKey[],
): Promise<CheckedPositions> {
  const published = await readPublishedPositions(redis, keys, auditKeys);
  const all = [...own, ...published.flatMap(({ position }) => position ?? [])];
  const distinct = all.filter((position, at) => all.findIndex((one) => samePosition(one, position)) === at);
  const checked = await Promise.all(
    distinct.map(async (position) => ({ position, ...(await statusOf(redis, keys, position, auditKeys)) })),
  );
  const of = (kind: PositionStatus['kind']) =>
    checked.filter((one) => one.kind === kind).map(({ position }) => position);
  const lost = of('lost');
  const over = published.filter(
    ({ position }) => position === null || !lost.some((one) => samePosition(one, position)),
  );
  if (over.length > 0) await redis.hdel(keys.missingPositions, ...over.map(({ field }) => field));
  const { head } = checked.at(-1) ?? (await readLogState(redis, keys, 0));
  return { head, lost, accepted: of('accepted') };
}
