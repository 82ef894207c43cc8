import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const DOMAIN = 'datasync-throttle/audit/v1\n';

export interface AuditKey {
  kid: string;
  key: Buffer;
}

/** What the log keeps beside a record's bytes. */
export interface Seal {
  /** SHA-256 of the domain line and the bytes: 32 bytes. */
  hash: Buffer;
  /** HMAC-SHA256 of the hash under the key `kid`: 32 bytes. */
  mac: Buffer;
  kid: string;
}

export function hashRecord(bytes: string): Buffer {
  return createHash('sha256').update(DOMAIN).update(bytes).digest();
}

export function sealRecord(bytes: string, { kid, key }: AuditKey): Seal {
  const hash = hashRecord(bytes);
  return { hash, mac: macOf(hash, key), kid };
}

export function macOf(hash: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key).update(hash).digest();
}

/** In constant time: a mac is compared, not guessed byte by byte. */
export function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
