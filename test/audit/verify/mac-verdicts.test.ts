import { describe, expect, it } from 'vitest';
import { createMacs } from '../../../src/audit/format/audit-chain.ts';
import type { ExportedRecord } from '../../../src/audit/format/export-format.ts';
import type { PartHead } from '../../../src/audit/verify/part-head.ts';
import { MEMORY_KEY } from './in-memory-log.ts';
import { at, changed, LOG, said, verify } from './verdict-fixture.ts';

describe('keys', () => {
  const NEW = { kid: 'k2', key: Buffer.alloc(32, 9) };
  const rotated = changed(5, (record) => record, NEW);

  it('are told with the spans that they cover, and a missing one is not known and not good', async () => {
    expect(said(await verify(rotated, { keys: [NEW, MEMORY_KEY] }))[2]).toBe(
      'ok null: each record by a key of AUDIT_KEYS (k1: 1 … 4, k2: 5 … 12)',
    );
    const missing = await verify(rotated, { keys: [MEMORY_KEY] });
    expect(said(missing)[2]).toBe(
      'unknown 5: line 5 is under the key "k2", which AUDIT_KEYS does not have (k1: 1 … 4, k2: 5 … 12 (no such key))',
    );
    expect([missing.faulty, missing.firstBad]).toEqual([true, 5]);
  });

  it('that did not make a mac are a fault before one that is missing', async () => {
    const wrong = rotated.with(6, { ...(rotated[6] as ExportedRecord), mac: at(3).mac });
    expect(said(await verify(wrong, { keys: [MEMORY_KEY, NEW] }))[2]).toBe(
      'fault 7: line 7 has a mac that its key did not make',
    );
    const both = wrong.with(2, { ...at(3), kid: 'k'.repeat(40) });
    expect(said(await verify(both, { keys: [MEMORY_KEY, NEW] }))[2]).toMatch(/^fault 7/);
    const long = LOG.with(2, { ...at(3), kid: 'k'.repeat(40) });
    expect(said(await verify(long))[2]).toContain(`the key "${'k'.repeat(32)}", which`);
    expect(said(await verify(long))[2]).toContain(`, ${'k'.repeat(32)}: 3 (no such key), `);
    const twice = LOG.with(2, { ...at(3), mac: at(9).mac }).with(8, { ...at(9), mac: at(3).mac });
    expect((await verify(twice)).authenticity.seq).toBe(3);
    const missingTwice = LOG.with(2, { ...at(3), kid: 'k8' }).with(8, { ...at(9), kid: 'k9' });
    expect((await verify(missingTwice)).authenticity.seq).toBe(3);
  });

  it('are not asked for where nobody gave any', async () => {
    const found = await verify(LOG.with(2, { ...at(3), mac: at(9).mac }), { keys: null });
    expect(said(found)[2]).toBe('unknown null: AUDIT_KEYS is not set');
    expect(found.faulty).toBe(false);
  });

  it('that change all the time are told in part', async () => {
    const many = Array.from({ length: 12 }, (_, place) => place + 1).map((seq) =>
      seq % 2 === 0 ? { ...at(seq), kid: NEW.kid, mac: createMacs(NEW.key)(at(seq).hash) } : at(seq),
    );
    const words = said(await verify(many, { keys: [MEMORY_KEY, NEW] }))[2];
    expect(words).toContain('k1: 1, k2: 2, k1: 3');
    expect(words).toContain('k2: 8 and 4 more spans)');
  });

  it('sign the head as well', async () => {
    const words = async (signature: PartHead['signature'], keys?: null) =>
      said(await verify(LOG, { signature, ...(keys === null ? { keys } : {}) }))[2];
    expect(await words('good')).toMatch(/^ok null: .*; its head is signed by AUDIT_SIGNING_KEY$/);
    expect(await words('unsigned')).toMatch(/; its head is not signed$/);
    expect(await words('unchecked', null)).toBe(
      'unknown null: AUDIT_KEYS is not set; its head is signed, and neither AUDIT_SIGNING_KEY nor --public-key is given to check it',
    );
    expect(await words('bad')).toBe('fault null: the signature of its head is not by AUDIT_SIGNING_KEY');
    expect(await words('unsigned-though-key')).toBe('fault null: its head is not signed, and a signing key is given');
    expect(said(await verify([], { signature: 'good' }))[2]).toBe(
      'unknown null: there is no record to check; its head is signed by AUDIT_SIGNING_KEY',
    );
  });
});
