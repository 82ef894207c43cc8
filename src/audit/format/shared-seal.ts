import { createHash, createHmac } from 'node:crypto';
import { type AuditKey, sameBytes } from './audit-chain.ts';

/** Not the prefix of records: so a seal is never the MAC of a record, nor the other way round. */
const DOMAIN = 'datasync-throttle/shared/v1\n';

/**
 * MACs for the notes that bots leave each other in Redis outside the log. Somebody who can write to Redis, and has none of
 * AUDIT_KEYS, can delete such notes or replay old ones, but can't make any. So a note must do no harm when it is replayed.
 */
export function createSharedSeal(auditKeys: readonly AuditKey[]) {
  const [signer] = auditKeys;
  if (!signer) throw new Error('a seal needs an audit key');
  const macOf = ({ key }: AuditKey, about: string, text: string) =>
    createHmac('sha256', key)
      .update(
        createHash('sha256')
          .update(`${DOMAIN}${JSON.stringify([about, text])}`)
          .digest(),
      )
      .digest();
  return {
    /** Hex, by the first key. */
    seal: (about: string, text: string): string => macOf(signer, about, text).toString('hex'),
    /** By any of the keys. */
    isSealed(about: string, text: string, seal: string | null): boolean {
      const given = Buffer.from(seal ?? '', 'hex');
      return auditKeys.some((key) => sameBytes(macOf(key, about, text), given));
    },
  };
}

export type SharedSeal = ReturnType<typeof createSharedSeal>;
