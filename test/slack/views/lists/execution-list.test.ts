import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Run } from '../../../../src/domain/run/run.ts';
import type { Running } from '../../../../src/workflow/queries/list-running.ts';
import { linkRow, manyLinks, NO_LINKS } from '../links/given-links.ts';
import { ARN, execution, funny, LONGEST, NOW, request, runWith } from '../text/given-facts.ts';
import { failed, held, list, MIB, row } from './given-running.ts';

describe('executionList', () => {
  it('has name, status, progress, limit, measured speed, time left and a button', () => {
    const { all, buttons, text } = list();
    expect(text).toBe('1 running or queued execution.');
    expect(all).toContain('*nightly_sync* · TRANSFERRING');
    expect(all).toContain(
      '████░░░░░░ 42 % · limit 100 MiB/s (839 Mbit/s) · measured 50 MiB/s (419 Mbit/s) · time left: about 20 min',
    );
    expect(buttons).toEqual([
      ['throttle', `sealed ${ARN}`],
      ['list-refresh', 'page 0'],
    ]);
  });

  it('has the links before the executions, and none of it where the policy has no links', () => {
    const links = { rows: [linkRow({ executions: 1, sum: 25 * MIB })], others: [], complete: true };
    const { all, buttons, text } = list({}, true, false, links);
    expect(all).toMatch(/^\*Links\*\n\*dc1-wan\*.*\*1 running or queued execution\.\*/s);
    expect(text).toBe('Capacity of links: dc1-wan 100 MiB/s (839 Mbit/s). 1 running or queued execution.');
    expect(buttons.map(([id]) => id)).toEqual(['link-status', 'throttle', 'list-refresh']);
    expect(list({}, true, false, NO_LINKS)).toEqual(list());
  });

  it('counts the time left over the end of a limit, and takes no average for its speed', () => {
    const limited = execution({ bytesPerSecond: 10 * MIB });
    const hour = new Date(NOW.getTime() + 3_600_000).toISOString();
    // 59,392 MiB left: an hour at 10 MiB/s, then at 100 MiB/s at most.
    const shown = (run: Run) =>
      list({ rows: [row({ look: limited, measured: null, speed: null, held: held({ dueAt: hour }), run })] }).all;
    const timed = { rate: 10 * MIB, until: hour };
    expect(shown(runWith([timed]))).toContain(
      'average 100 MiB/s (839 Mbit/s) · time left: at least 1 h 3 min; the limit reverts to 100 MiB/s (839 Mbit/s) before that',
    );
    // Then the limit of an earlier request applies again.
    const covering = shown(runWith([{ request: 'r-other00000', rate: 20 * MIB }, timed]));
    expect(covering).toContain('the limit reverts to 20 MiB/s (168 Mbit/s) before that');
    expect(covering).toContain('Limit of `r-0123456789`, goes back to 20 MiB/s (168 Mbit/s) <!date');
  });

  it('says what is measured and what is an average', () => {
    expect(list({ rows: [row({ measured: null })] }).all).toContain('average 100 MiB/s');
    expect(list({ rows: [row({ measured: 0 })] }).all).toContain('measured: nothing moves');
    expect(list({ rows: [row({ measured: null, look: execution({ startedAt: null }) })] }).all).toContain(
      'speed not measured yet',
    );
    expect(list({ rows: [row({ look: null })] }).all).toContain('not known yet');
  });

  it('shows an open request, a running timer, Enhanced mode; and no button if the person may not request', () => {
    const enhanced = { ...row().execution, mode: 'ENHANCED' };
    const { all, buttons } = list({
      rows: [row({ open: request(), held: held(), mayRequest: false, execution: enhanced })],
    });
    expect(all).toContain('*Waiting for 1 approval*');
    expect(all).toContain(
      ':alarm_clock: Limit of `r-0123456789`, goes back to 100 MiB/s (839 Mbit/s) <!date^1795361100',
    );
    expect(all).toContain('Enhanced mode');
    expect(buttons).toEqual([['list-refresh', 'page 0']]);
  });

  it('pages', () => {
    const rows = Array.from({ length: 10 }, () => row());
    expect(list({ rows, total: 300, from: 20 }).text).toBe('300 running or queued executions, 21 to 30 of them here.');
    const pages = (but: Partial<Running>) =>
      list({ rows, total: 300, ...but }).buttons.filter(([id]) => id !== 'throttle');
    expect(pages({ from: 0 })).toEqual([
      ['list-next', 'page 10'],
      ['list-refresh', 'page 0'],
    ]);
    expect(pages({ from: 20 }).map(([id]) => id)).toEqual(['list-back', 'list-next', 'list-refresh']);
    expect(pages({ from: 290 }).map(([id]) => id)).toEqual(['list-back', 'list-refresh']);
  });

  it('names what could not be seen, and what is still to come', () => {
    const kinds = [
      ...(['throttled', 'denied', 'not-found', 'gone', 'rejected', 'no-answer', 'internal', 'not-aws'] as const),
      ...(['credentials', 'region', 'clock', 'unresolved', 'proxy'] as const),
    ];
    for (const kind of kinds) expect(list({ failed: [failed(kind)] }).all).toContain('*sa-east-1*');
    expect(list({ failed: [failed('no-answer', true)], complete: false }, false).text).toContain('still being asked');
    expect(list({ failed: [failed('no-answer', true)], complete: false }).all).toContain('no answer in time');
    expect(list({ rows: [], total: 0 }).text).toContain('Nothing is running');
    for (const pending of [false, true]) {
      const { text } = list({ rows: [], total: 0, failed: [failed('denied', pending)], complete: !pending });
      expect(text).toBe('It is not known what is running or queued.');
    }
    const asking = list({ rows: [], total: 0, failed: [failed('no-answer', true)], complete: false }, false);
    expect(asking.text).toBe('AWS is still being asked what is running or queued.');
    expect(list({ failed: [failed('denied')] }).text).toBe('At least 1 running or queued execution.');
    const placeless = list({ rows: [], total: 0, placeless: ['<!here>', 'b'] });
    expect(placeless.text).toBe('It is not known what is running or queued.');
    expect(placeless.all).toMatch(/The rules `&lt;!here&gt;` and `b` name no Region.*`AWS_REGION`/);
  });

  it('fits, and notifies nobody by a name', () => {
    const long = row({ open: request({ taskName: LONGEST(256), reason: LONGEST(500) }), held: held() }, LONGEST(256));
    const rows = Array.from({ length: 10 }, () => long);
    const full = { rows, total: 1e6, failed: Array.from({ length: 40 }, () => failed('no-answer')), placeless: ['a'] };
    list({ ...full, from: 500 });
    list(full, true, true, manyLinks(10, 500));
    fc.assert(
      fc.property(funny(256), funny(40), (name, status) => {
        list({ rows: [row({ look: execution({ status, taskName: name }) }, name)] });
      }),
    );
  });
});
