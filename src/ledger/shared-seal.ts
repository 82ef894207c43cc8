import { createHash, createHmac } from 'node:crypto';
import { type AuditKey, sameBytes } from './audit-chain.ts';

/** Another domain than that of records: a seal is never the mac of one, nor the other way round. */
const DOMAIN = 'datasync-throttle/shared/v1\n';

/**
 * Seals for what bots leave each other in Redis beside the log: who can write to Redis, and has none of AUDIT_KEYS, can
 * take such words away or bring old ones back, but not make any. So nothing may rest on a sealed word that an old one of
 * its kind would do harm by.
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
