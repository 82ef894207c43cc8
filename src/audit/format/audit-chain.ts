import { createHmac, hash, timingSafeEqual } from 'node:crypto';

const DOMAIN = 'datasync-throttle/audit/v1\n';

export interface AuditKey {
  kid: string;
  key: Buffer;
}

/** What the log stores with a record's bytes. */
export interface Seal {
  /** SHA-256 of the domain line and the bytes: 32 bytes. */
  hash: Buffer;
  /** HMAC-SHA256 of the hash under the key `kid`: 32 bytes. */
  mac: Buffer;
  kid: string;
}

/** A record's exact text with its seal, hash and MAC in hex. */
export interface Sealed {
  bytes: string;
  hash: string;
  mac: string;
  kid: string;
}

export function hashRecord(bytes: string): Buffer {
  return hash('sha256', DOMAIN + bytes, 'buffer');
}

/** The same in hex, which is faster. */
export function hexHashOf(bytes: string): string {
  return hash('sha256', DOMAIN + bytes, 'hex');
}

export function sealRecord(bytes: string, { kid, key }: AuditKey): Seal {
  const digest = hashRecord(bytes);
  return { hash: digest, mac: macOf(digest, key), kid };
}

export function macOf(digest: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key).update(digest).digest();
}

/** Seals many records with one key. */
export function createSealer({ kid, key }: AuditKey): (bytes: string) => Sealed {
  const macs = createMacs(key);
  return (bytes) => {
    const digest = hexHashOf(bytes);
    return { bytes, hash: digest, mac: macs(digest), kid };
  };
}

const BLOCK = 64;

/**
 * Computes MACs with one key. Both the hash that goes in and the MAC are in hex. It does HMAC by its two hashes (RFC 2104):
 * for a million records, creating Node's Hmac objects takes longer than the hashing.
 */
export function createMacs(key: Buffer): (hash: string) => string {
  if (key.length > BLOCK) throw new Error('a key is longer than a block of the hash');
  const [inner, outer] = [0x36, 0x5c].map((pad) => Buffer.alloc(BLOCK + 32, pad)) as [Buffer, Buffer];
  for (const [place, byte] of key.entries()) {
    inner[place] = byte ^ 0x36;
    outer[place] = byte ^ 0x5c;
  }
  return (digest) => {
    inner.write(digest, BLOCK, 'hex');
    outer.write(hash('sha256', inner, 'hex'), BLOCK, 'hex');
    return hash('sha256', outer, 'hex');
  };
}

/** Compares in constant time, so that a MAC can't be guessed byte by byte. */
export function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
