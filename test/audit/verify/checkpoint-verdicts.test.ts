import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCheckpointLine, writeCheckpointLine } from '../../../src/audit/format/checkpoint-format.ts';
import { type KnownCheckpoint, knownCheckpoints } from '../../../src/audit/verify/checkpoint-check.ts';
import type { PartHead } from '../../../src/audit/verify/part-head.ts';
import { LOG_ID } from './in-memory-log.ts';
import { at, type Claim, checkpoint, LOG, said, sealed, verify, whole } from './verdict-fixture.ts';

describe('checkpoints', () => {
  const held = async (checkpoints: KnownCheckpoint[], lines = LOG, but: Partial<Claim> = {}) => {
    const found = await verify(lines, { checkpoints, claim: whole(lines, but) });
    return [...said(found), found.firstBad];
  };

  it('are held against the log, two of one place too', async () => {
    expect((await held([checkpoint(3), checkpoint(3), checkpoint(12)]))[1]).toBe(
      'ok null: 1 … 12, as its head says; 3 of 3 checkpoints borne out',
    );
    expect((await held([]))[1]).toBe('ok null: 1 … 12, as its head says; 0 of 0 checkpoints borne out');
    const conflict = await held([
      checkpoint(3),
      checkpoint(3, { hash: 'ee'.repeat(32) }),
      checkpoint(7, { hash: 'ff' }),
    ]);
    expect(conflict[0]).toBe('fault 3: record 3 is not the one that a checkpoint has seen (eeeeeeeeeeeeeeeeeeee…)');
    expect(conflict[3]).toBe(3);
  });

  it('are missed where the log ends before them, the lowest of them all', async () => {
    const cut = LOG.slice(0, 6);
    const found = await held([checkpoint(11), checkpoint(9), checkpoint(2)], cut, { last: 6 });
    expect(found[1]).toBe(`fault 7: ends at 6, and a checkpoint has seen record 9 (${at(9).hash.slice(0, 20)}…)`);
    const nothing = await held([checkpoint(4), checkpoint(5)], [], { first: null, last: null });
    expect(nothing[1]).toBe('fault null: there is no record, and a checkpoint has seen record 4');
  });

  it('speak after what is wrong already, where that comes first', async () => {
    const broken = LOG.with(1, { ...at(2), hash: at(4).hash });
    const [integrity] = await held([checkpoint(7, { hash: 'ee'.repeat(32) })], broken, { hash: at(12).hash });
    expect(integrity).toBe('fault 2: line 2 is not what its hash says');
    const later = LOG.with(8, { ...at(9), hash: at(4).hash });
    const [first] = await held([checkpoint(7, { hash: 'ee'.repeat(32) })], later, { hash: at(12).hash });
    expect(first).toMatch(/^fault 7: record 7 is not the one/);
    const same = LOG.with(6, { ...at(7), hash: at(4).hash });
    const [own] = await held([checkpoint(7, { hash: 'ee'.repeat(32) })], same, { hash: at(12).hash });
    expect(own).toBe('fault 7: line 7 is not what its hash says');
    const none = await held([checkpoint(7)], LOG, { log: 'other' });
    expect(none[1]).toBe('fault null: its head is of another log, other');
  });

  it('of another log are a conflict, of before the first record only told', async () => {
    const [integrity] = await held([checkpoint(7, { log: 'other' }), checkpoint(8, { log: 'more' })]);
    expect(integrity).toBe('fault 1: the log is the-log, and a checkpoint is of other');
    const later = LOG.slice(4);
    const ends = [checkpoint(5, { hash: 'ee'.repeat(32) }), checkpoint(12, { hash: 'ee'.repeat(32) })];
    for (const end of ends)
      expect((await held([end], later, { first: 5 }))[0]).toMatch(`fault ${end.seq}: record ${end.seq} is`);
    const words = await held([checkpoint(2), checkpoint(5), checkpoint(12)], later, { first: 5 });
    expect(words[1]).toBe('ok null: 5 … 12, as its head says; 2 of 3 checkpoints borne out, 1 of records before these');
  });

  it('are signed, or told to be not', async () => {
    const words = await held([checkpoint(7, { signature: 'unsigned' }), checkpoint(8, { signature: 'unsigned' })]);
    expect(words[1]).toContain('2 of 2 checkpoints borne out, some not signed');
    const unchecked = await held([checkpoint(7, { signature: 'unchecked' })]);
    expect(unchecked[1]).toContain('borne out, signatures not checked, for want of AUDIT_SIGNING_KEY or --public-key');
    const forged = await held([checkpoint(7, { signature: 'bad' }), checkpoint(8, { signature: 'bad' })]);
    expect(forged[2]).toBe('fault null: the checkpoint of record 7 is not signed by AUDIT_SIGNING_KEY');
    expect(forged[1]).toContain('0 of 2 checkpoints borne out');
  });

  it('that are not signed bear out nothing where there is a key to sign with, but before a signed one', async () => {
    const unsigned = (seq: number) => checkpoint(seq, { signature: 'unsigned-though-key' });
    const alone = await held([unsigned(7), unsigned(9)]);
    expect(alone[2]).toBe('fault null: the checkpoint of record 7 is not signed, and a signing key is given');
    expect(alone[1]).toContain('0 of 2 checkpoints borne out');
    expect((await held([unsigned(7), checkpoint(6)]))[2]).toMatch(/^fault/);
    expect((await held([unsigned(7), checkpoint(8, { hash: 'ee'.repeat(32) })]))[2]).toMatch(/^fault/);
    const before = await held([unsigned(6), unsigned(7), checkpoint(7)]);
    expect(before[1]).toBe(
      'ok null: 1 … 12, as its head says; 1 of 3 checkpoints borne out, 2 not signed, before one that is',
    );
    expect(before[2]).toMatch(/^ok/);
  });

  it('that count otherwise than the log are a conflict, where the log is known from its beginning', async () => {
    expect((await held([checkpoint(7, { count: 6 }), checkpoint(8, { count: 9 })]))[0]).toBe(
      'fault 7: a checkpoint of record 7 counts 6 records up to it, and there are 7',
    );
    const later = LOG.slice(4);
    expect((await held([checkpoint(7, { count: 6 })], later, { first: 5 }))[0]).toMatch(/^ok/);
    // What is wrong already is not said twice.
    const cut = LOG.toSpliced(4, 1);
    expect((await held([checkpoint(7)], cut))[0]).toBe('fault 5: 5 missing before record 6');
  });

  it('of later than a log that was signed to end before are told, and missed where the end is not signed', async () => {
    const part = LOG.slice(0, 6);
    const to = async (
      signature: PartHead['signature'],
      but: Partial<Claim> = {},
      more: Partial<KnownCheckpoint> = {},
    ) => {
      const checkpoints = [checkpoint(3), checkpoint(9, more)];
      return said(await verify(part, { checkpoints, signature, claim: whole(part, { last: 6, ...but }) }));
    };
    expect((await to('good'))[1]).toBe(
      'ok null: 1 … 6, as its head says; 1 of 2 checkpoints borne out, 1 of records after these',
    );
    for (const signature of ['unsigned', 'unchecked', 'bad', 'unsigned-though-key', null] as const) {
      expect((await to(signature))[1]).toMatch(/^fault 7: ends at 6, and a checkpoint has seen record 9/);
    }
    expect((await to('good', { last: 7 }))[1]).toMatch(/^fault 7/);
    expect((await to('good', { hash: 'ee'.repeat(32) }))[1]).toMatch(/^fault 6/);
    expect((await to('good', {}, { log: 'other' }))[0]).toMatch(/^fault 1: the log is the-log/);
  });

  it('bear out a record though it can not be read', async () => {
    const lines = [sealed(` ${at(1).bytes}`)];
    const words = await held([checkpoint(1, { hash: lines[0]?.hash ?? '' })], lines, { last: 1 });
    expect(words[1]).toBe('ok null: 1, as its head says; 1 of 1 checkpoint borne out');
  });

  it('are known by their lines', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const text = writeCheckpointLine({ log: LOG_ID, seq: 3, hash: at(3).hash, count: 3, at: 'then' }, privateKey);
    const line = readCheckpointLine(text.trimEnd());
    if (!line) throw new Error('no line');
    const signatures = [privateKey, publicKey, generateKeyPairSync('ed25519').publicKey, null].map(
      (key) => knownCheckpoints([line], key)[0]?.signature,
    );
    expect(signatures).toEqual(['good', 'good', 'bad', 'unchecked']);
    const unsigned = { ...line, sig: null };
    expect(knownCheckpoints([unsigned], null)).toEqual([
      { log: LOG_ID, seq: 3, hash: at(3).hash, count: 3, at: 'then', signature: 'unsigned' },
    ]);
    expect(knownCheckpoints([unsigned], publicKey)[0]?.signature).toBe('unsigned-though-key');
    const old = generateKeyPairSync('ed25519').publicKey;
    expect(knownCheckpoints([line], [old, publicKey])[0]?.signature).toBe('good');
    expect(knownCheckpoints([line], [old])[0]?.signature).toBe('bad');
    expect(knownCheckpoints([line], [])[0]?.signature).toBe('unchecked');
  });
});
