import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { execution, funny, LONGEST, request } from '../text/given-facts.ts';
import { held, lines, status } from './given-running.ts';

describe('executionStatusMessage', () => {
  it('has it all', () => {
    const files = { transferred: 10, estimated: 40 };
    const card = 'https://w.slack.com/archives/C0OPS/p1';
    const text = status(
      { look: execution({ files }), open: request(), held: held(), lines: lines(5) },
      { card, throttle: 'sealed' },
    );
    for (const words of [
      '10 of 40',
      '42 GiB of 100 GiB',
      'measured 50 MiB/s',
      'open the card',
      'goes back to',
      'On record',
    ])
      expect(text).toContain(words);
  });

  it('says little where little is known', () => {
    const bare = { mode: null, startedAt: null, bytesEstimated: 0, bytesTransferred: 0, taskName: null };
    const text = status({ look: execution(bare), measured: null });
    expect(text).toContain('AWS has no estimate yet');
    expect(text).toContain('0 B of not known yet');
  });

  it('fits, and notifies nobody', () => {
    const look = execution({ taskName: LONGEST(256), status: LONGEST(100), mode: 'ENHANCED' });
    status({ look, open: request({ taskName: LONGEST(256) }), lines: lines(5, LONGEST(1000)) });
    fc.assert(
      fc.property(funny(200), (words) => void status({ look: execution({ taskName: words }), lines: lines(2, words) })),
    );
  });
});
