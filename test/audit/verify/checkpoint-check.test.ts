import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeCheckpointLine } from '../../../src/audit/format/checkpoint-format.ts';
import { readKnownCheckpoints } from '../../../src/audit/log/checkpoint-file.ts';
import { verifyParts, withFlaw } from '../../../src/audit/verify/verify-log.ts';
import { changed, checkpoint, LOG, part, said, sealed, verify, whole } from './verdict-fixture.ts';

describe('a file of checkpoints', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-witness-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const { privateKey } = generateKeyPairSync('ed25519');
  const line = (seq: number) => writeCheckpointLine(checkpoint(seq), privateKey);
  async function read(...lines: string[]) {
    const file = join(folder, 'checkpoints');
    await writeFile(file, lines.join(''));
    return readKnownCheckpoints(file, 'THE_FILE', privateKey);
  }

  it('that is not there, or is no file, bears no witness', async () => {
    expect(await readKnownCheckpoints(join(folder, 'none'), 'THE_FILE', null)).toEqual({
      checkpoints: null,
      flaw: 'THE_FILE is not there',
    });
    expect(await readKnownCheckpoints(folder, 'THE_FILE', null)).toEqual({
      checkpoints: null,
      flaw: "THE_FILE can't be read (EISDIR)",
    });
  });

  it.each<[string, unknown]>([
    ['is no error of a file', new RangeError('odd')],
    ['is no error at all', { code: 'ODD' }],
  ])('is not what is wrong where what is thrown %s', async (_what, thrown) => {
    const path = {
      get href() {
        throw thrown;
      },
    };
    await expect(readKnownCheckpoints(path as never, 'THE_FILE', null)).rejects.toBe(thrown);
  });

  it('is read with the signatures', async () => {
    expect(await read(line(3), '\n', line(7))).toEqual({ checkpoints: [checkpoint(3), checkpoint(7)], flaw: null });
  });

  it('with nothing in it bears no witness', async () => {
    expect(await read()).toEqual({ checkpoints: null, flaw: 'THE_FILE has no checkpoint in it' });
    expect(await read('\n \n')).toEqual({ checkpoints: null, flaw: 'THE_FILE has no checkpoint in it' });
  });

  it('with other lines in it names them, up to five', async () => {
    const begin = 'THE_FILE has lines that are no checkpoint: ';
    expect(await read('odd\n')).toEqual({ checkpoints: null, flaw: `${begin}1` });
    const bad = async (count: number) => (await read(line(3), 'odd\n'.repeat(count), line(7))).flaw;
    expect(await bad(1)).toBe(`${begin}2`);
    expect(await bad(2)).toBe(`${begin}2, 3`);
    expect(await bad(5)).toBe(`${begin}2, 3, 4, 5, 6`);
    expect(await bad(6)).toBe(`${begin}2, 3, 4, 5, 6 …`);
    expect((await read(line(3), 'odd\n', line(7))).checkpoints).toEqual([checkpoint(3), checkpoint(7)]);
  });

  it('that can be read in part leaves the verdict as it is; one that can not be makes the end unknown', async () => {
    const good = await verify(LOG);
    expect(withFlaw(good, 'it is odd', false)).toEqual({
      ...good,
      completeness: { verdict: 'ok', seq: null, why: '1 … 12, as its head says; it is odd' },
    });
    expect(withFlaw(good, 'it is odd', true)).toEqual({
      ...good,
      completeness: {
        verdict: 'unknown',
        seq: null,
        why: 'it is odd, so it bears no witness of the end; 1 … 12, as its head says',
      },
    });
    const cut = await verify(LOG.slice(0, 6), { claim: whole(LOG) });
    const words = 'ends at 6, and its head says 12';
    expect(said(withFlaw(cut, 'it is odd', true))[1]).toBe(
      `fault 7: it is odd, so it bears no witness of the end; ${words}`,
    );
    expect(said(withFlaw(cut, 'it is odd', false))[1]).toBe(`fault 7: ${words}; it is odd`);
  });
});

describe('checkpoints beside a head', () => {
  const begun = LOG.slice(0, 6);
  const other = { hash: 'ee'.repeat(32) };

  it('within a log that was signed to end before others are a conflict all the same', async () => {
    for (const seq of [3, 6]) {
      const found = await verify(begun, {
        signature: 'good',
        claim: whole(begun, { last: 6 }),
        checkpoints: [checkpoint(seq, other), checkpoint(9)],
      });
      expect(said(found).slice(0, 2)).toEqual([
        `fault ${seq}: record ${seq} is not the one that a checkpoint has seen (eeeeeeeeeeeeeeeeeeee…)`,
        'ok null: 1 … 6, as its head says; 0 of 2 checkpoints borne out, 1 of records after these',
      ]);
    }
  });

  it('are missed after a signed head that is wrong itself', async () => {
    const { completeness } = await verify(begun, {
      signature: 'good',
      claim: whole(begun, { last: 6, count: 5 }),
      checkpoints: [checkpoint(9)],
    });
    expect(completeness).toMatchObject({
      verdict: 'fault',
      seq: 7,
      why: expect.stringMatching(/^ends at 6, and a checkpoint has seen record 9/),
    });
  });

  it('of the last part are as good as its head', async () => {
    const parts = (last: 'good' | 'unsigned') => [
      part(LOG.slice(0, 3), { last: 3 }, { signature: last === 'good' ? 'unsigned' : 'good' }),
      part(LOG.slice(3, 6), { first: 4, last: 6 }, { signature: last }),
    ];
    const { completeness } = await verifyParts(parts('good'), null, [checkpoint(9)]);
    expect(completeness.why).toContain('1 of records after these');
    expect((await verifyParts(parts('unsigned'), null, [checkpoint(9)])).firstBad).toBe(7);
  });

  it('that are signed stand for those before them of the same log only', async () => {
    const unsigned = checkpoint(6, { signature: 'unsigned-though-key' });
    const covered = async (log: string) =>
      (await verify(LOG, { checkpoints: [unsigned, checkpoint(7, { log })] })).authenticity.verdict;
    expect(await covered(checkpoint(7).log)).toBe('ok');
    expect(await covered('other')).toBe('fault');
    // Of a record that can't be read nobody knows the log.
    const line = sealed(' {}');
    const one = (signature: 'good' | 'unsigned-though-key') => checkpoint(1, { hash: line.hash, signature });
    const found = await verify([line], {
      claim: whole([line], { last: 1 }),
      checkpoints: [one('good'), one('unsigned-though-key')],
    });
    expect(found.completeness.why).toContain('1 of 2 checkpoints borne out, 1 not signed, before one that is');
  });

  it('count nothing against a log that is wrong before them', async () => {
    const lines = [{ problem: 'is odd' }, ...changed(1, (record) => record)];
    const found = await verify(lines, {
      claim: whole(LOG, { first: null, last: null }),
      checkpoints: [checkpoint(1)],
    });
    expect(said(found)[0]).toBe('fault null: line 1 is odd');
  });
});
