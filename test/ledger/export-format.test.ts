import { describe, expect, it } from 'vitest';
import { linePagesOf } from '../../src/ledger/export-format.ts';

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
