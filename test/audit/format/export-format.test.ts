import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecordLine, writeRecordLine } from '../../../src/audit/format/export-format.ts';
import { linePagesOf } from '../../../src/audit/format/lines-of.ts';

const TEXT = Buffer.from('one\ntwo \u2028 é 🚚\n\n\ufffd kept\nlast');

/** The lines of a text that comes in pieces of so many bytes. */
async function lines(text: Buffer, size: number): Promise<string[]> {
  async function* pieces() {
    for (let begin = 0; begin < text.length; begin += size) yield text.subarray(begin, begin + size);
  }
  const found: string[] = [];
  for await (const page of linePagesOf(pieces())) found.push(...page);
  return found;
}

describe('the lines of a file', () => {
  it.each([1, 2, 3, 5, 7, 1000])('are the same in pieces of %i bytes', async (size) => {
    expect(await lines(TEXT, size)).toEqual(['one', 'two \u2028 é 🚚', '', '\ufffd kept', 'last']);
    expect(await lines(Buffer.concat([TEXT, Buffer.from('\n')]), size)).toHaveLength(5);
    expect(await lines(Buffer.from(''), size)).toEqual([]);
  });

  it.each([1, 3, 1000])(
    'that are no UTF-8 are nothing that could be read, and no other suffers, in pieces of %i',
    async (size) => {
      const place = TEXT.indexOf('\ufffd');
      const damaged = Buffer.concat([TEXT.subarray(0, place), Buffer.of(0xff), TEXT.subarray(place + 3)]);
      expect(await lines(damaged, size)).toEqual(['one', 'two \u2028 é 🚚', '', '\ufffd', 'last']);
      // Cut off within a character.
      expect(await lines(TEXT.subarray(0, place + 2), size)).toEqual(['one', 'two \u2028 é 🚚', '', '\ufffd']);
    },
  );

  it('that are longer than any record are skipped, and those after them are not', async () => {
    const long = Buffer.from(`first\n${'x'.repeat(9_000_000)}\nnext\n`);
    for (const size of [1_000_000, 10_000_000]) {
      const found = await lines(long, size);
      expect([found[0], found.at(-1), found.length]).toEqual(['first', 'next', 3]);
    }
  });
});

describe('the line of a record', () => {
  const HASH = 'a1'.repeat(32);
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('"', '\\', ',', ':', 'hash', '}', '\n') }),
  );
  const record = fc.record({ bytes: text, kid: text.filter((kid) => kid !== '') }).map((one) => ({
    ...one,
    hash: HASH,
    mac: 'b2'.repeat(32),
  }));
  const lineOf = (one: Parameters<typeof writeRecordLine>[0]) => writeRecordLine(one).trimEnd();

  it('is read as what was written, whatever that holds', () => {
    fc.assert(fc.property(record, (one) => void expect(readRecordLine(lineOf(one))).toEqual(one)));
    const sly = { bytes: `x","hash":"${HASH}","mac":"${HASH}","kid":"k"}`, hash: HASH, mac: HASH, kid: 'main' };
    expect(readRecordLine(lineOf(sly))).toEqual(sly);
  });

  it('is read alike where another hand wrote it, and never where it says a thing twice', () => {
    fc.assert(
      fc.property(record, fc.constantFrom('bytes', 'hash', 'mac', 'kid'), fc.boolean(), (one, name, first) => {
        expect(readRecordLine(JSON.stringify(one, null, 1).replaceAll('\n', ' '))).toEqual(one);
        const twice = `"${name}":${JSON.stringify(one[name as keyof typeof one])}`;
        const line = lineOf(one);
        const damaged = first ? `{${twice},${line.slice(1)}` : `${line.slice(0, -1)},${twice}}`;
        expect(readRecordLine(damaged)).toEqual({ problem: 'says a thing twice' });
      }),
    );
  });

  it.each([
    ['{"bytes":5,"hash":"…"}'],
    [lineOf({ bytes: 'x', hash: HASH, mac: HASH, kid: 'main' }).slice(0, -1)],
    [`${lineOf({ bytes: 'x', hash: HASH, mac: HASH, kid: 'main' })}}`],
    [lineOf({ bytes: 'x', hash: HASH.toUpperCase(), mac: HASH, kid: 'main' })],
    [lineOf({ bytes: 'x', hash: HASH, mac: HASH.slice(1), kid: 'main' })],
    [lineOf({ bytes: 'x', hash: HASH, mac: HASH, kid: '' })],
    [lineOf({ bytes: 'x', hash: HASH, mac: HASH, kid: 'main' }).replace('"x"', '"\t"')],
  ])('is none: %s', (line) => {
    expect(readRecordLine(line)).toHaveProperty('problem');
  });
});
