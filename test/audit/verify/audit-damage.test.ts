import { describe, expect, it } from 'vitest';
import { at, LENGTH, LOG, verified, WAYS, WHOLE_EVERY } from './given-damaged-log.ts';

describe('a log of 1,000 records, damaged', () => {
  it('is good before', async () => {
    expect(await verified(LOG, 1, LENGTH)).toMatchObject({ faulty: false, firstBad: null });
    expect(await verified(LOG.slice(9, 20), 10, 20)).toMatchObject({ faulty: false });
  });

  it.each(WAYS)('is found in every place: %s', async (_what, damage) => {
    let found = 0;
    for (let seq = 1; seq <= LENGTH; seq++) {
      const [first, last] = [Math.max(1, seq - 4), Math.min(LENGTH, seq + 4)];
      const piece = damage(LOG.slice(first - 1, last), seq - first, seq);
      const { faulty, firstBad } = await verified(piece.damaged, first, last);
      expect([seq, faulty, firstBad]).toEqual([seq, true, piece.bad]);
      found += 1;
      if (seq > 2 && seq < LENGTH - 1 && seq % WHOLE_EVERY > 0) continue;
      const whole = damage(LOG, seq - 1, seq);
      expect([seq, (await verified(whole.damaged, 1, LENGTH)).firstBad]).toEqual([seq, whole.bad]);
    }
    expect(found).toBe(LENGTH);
  });

  it('is good as another hand writes it, with each thing said once', async () => {
    const spaced = LOG.slice(9, 20).map((record) => ` ${JSON.stringify(record, null, 2).replaceAll('\n', '\t')}\r`);
    expect(await verified(spaced, 10, 20)).toMatchObject({ faulty: false });
    const escaped = JSON.stringify(at(15)).replace('"bytes"', '"\\u0062ytes"');
    expect(await verified(LOG.slice(9, 20).toSpliced(5, 1).toSpliced(5, 0, at(15)), 10, 20)).toMatchObject({
      faulty: false,
    });
    expect(await verified([...LOG.slice(9, 14), escaped, ...LOG.slice(15, 20)], 10, 20)).toMatchObject({
      faulty: false,
    });
    for (const more of ['"bytes":"x",', '"bytes":5,', '"\\u0062ytes":"x\\\\",', '"kid":{"a":"b"},', '"kid":null,']) {
      const twice = JSON.stringify(at(15)).replace('{', `{${more}`);
      const found = await verified([...LOG.slice(9, 14), twice, ...LOG.slice(15, 20)], 10, 20);
      expect([more, found.firstBad]).toEqual([more, 15]);
    }
  });

  it('is found wherever a single bit of a record is another', async () => {
    const seq = 500;
    const { bytes } = at(seq);
    for (let place = 0; place < bytes.length; place++) {
      for (let bit = 0; bit < 7; bit++) {
        const flipped = String.fromCharCode(bytes.charCodeAt(place) ^ (1 << bit));
        const damaged = { ...at(seq), bytes: bytes.slice(0, place) + flipped + bytes.slice(place + 1) };
        const { faulty, firstBad } = await verified([at(seq - 1), damaged, at(seq + 1)], seq - 1, seq + 1);
        if (!faulty || firstBad !== seq) throw new Error(`not found: ${place}, ${bit}`);
      }
    }
  });
});
