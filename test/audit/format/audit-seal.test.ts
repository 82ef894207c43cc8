import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  createMacs,
  hashRecord,
  hexHashOf,
  macOf,
  sameBytes,
  sealRecord,
} from '../../../src/audit/format/audit-chain.ts';

// Apart from the tests that build a log of these: what breaks while a file is loaded counts as no failed test.
const KEY = { kid: 'k1', key: Buffer.alloc(32, 7) };

describe('hash and mac', () => {
  it('are what the contract says, in bytes and in hex', () => {
    const bytes = '{"seq":3}';
    const digest = createHash('sha256').update('datasync-throttle/audit/v1\n').update(bytes).digest();
    const [hash, mac] = [digest.toString('hex'), createHmac('sha256', KEY.key).update(digest).digest('hex')];
    expect(hashRecord(bytes)).toEqual(digest);
    expect(hexHashOf(bytes)).toBe(hash);
    expect(macOf(digest, KEY.key).toString('hex')).toBe(mac);
    expect(createMacs(KEY.key)(hash)).toBe(mac);
    for (const length of [0, 1, 32, 63, 64]) {
      const key = Buffer.from(Array.from({ length }, (_, place) => 255 - place));
      const macs = createMacs(key);
      for (const text of [hash, mac, hash]) {
        expect(macs(text)).toBe(createHmac('sha256', key).update(text, 'hex').digest('hex'));
      }
    }
    expect(() => createMacs(Buffer.alloc(65))).toThrow('longer than a block');
    expect(sealRecord(bytes, KEY)).toEqual({ hash: digest, mac: Buffer.from(mac, 'hex'), kid: 'k1' });
  });

  it('are compared whole', () => {
    expect(sameBytes(Buffer.from('ab'), Buffer.from('ab'))).toBe(true);
    expect(sameBytes(Buffer.from('ab'), Buffer.from('ac'))).toBe(false);
    expect(sameBytes(Buffer.from('ab'), Buffer.from('abc'))).toBe(false);
  });
});
