import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUntil, resolveUntil, type UntilTime, writeUntil } from '../../../src/domain/time/until.ts';

const BERLIN = 'Europe/Berlin';
/** 15:00 in Berlin. */
const NOW = new Date('2026-11-28T14:00:00.000Z');

function time(text: string): UntilTime {
  const read = parseUntil(text);
  if (!read.ok) throw new Error(`${text}: ${read.problem.instead}`);
  return read.value;
}
const end = (text: string, zone: string | null = BERLIN, now = NOW) => resolveUntil(time(text), { zone, now });

describe('until', () => {
  it.each([
    ['18:00', '2026-11-28T17:00:00.000Z'],
    ['today 18:00', '2026-11-28T17:00:00.000Z'],
    ['Tomorrow 06:00', '2026-11-29T05:00:00.000Z'],
    ['2026-12-01 06:00', '2026-12-01T05:00:00.000Z'],
    ['2026-12-01T06:00', '2026-12-01T05:00:00.000Z'],
    [' １８:００\u200b ', '2026-11-28T17:00:00.000Z'],
    ['15:01', '2026-11-28T14:01:00.000Z'],
    ['2026-12-05 15:00', '2026-12-05T14:00:00.000Z'],
  ])('%j is %s in Berlin', (text, instant) => {
    const resolved = end(text);
    expect(resolved.ok && resolved.value.toISOString()).toBe(instant);
  });

  it('is on the clock of the person, also where their day is another', () => {
    const now = new Date('2026-11-28T20:00:00.000Z');
    expect(end('06:00', 'Asia/Kolkata', now)).toEqual({ ok: true, value: new Date('2026-11-29T00:30:00.000Z') });
    expect(end('tomorrow 06:00', 'Asia/Kolkata', now)).toEqual({
      ok: true,
      value: new Date('2026-11-30T00:30:00.000Z'),
    });
  });

  it.each([
    ['14:59', 'past', '`until tomorrow 14:59`, since 14:59 is already past today'],
    ['15:00', 'past', '`until tomorrow 15:00`'],
    ['2026-11-27 18:00', 'past', 'a time to come'],
    ['2026-12-05 15:01', 'too-far', '7 days'],
    ['2027-12-05 15:01', 'too-far', '7 days'],
  ])('%j is refused as %s', (text, kind, advice) => {
    const resolved = end(text);
    expect(resolved).toMatchObject({ ok: false, problem: { kind, quoted: `until ${text}` } });
    if (!resolved.ok) expect(resolved.problem.instead).toContain(advice);
  });

  it('is refused where less than a minute is left, and where Slack names no zone', () => {
    const late = new Date(NOW.getTime() + 1000);
    expect(end('15:01', BERLIN, late)).toMatchObject({ ok: false, problem: { kind: 'too-soon' } });
    for (const zone of [null, 'Mars/Base']) {
      expect(end('18:00', zone)).toMatchObject({ ok: false, problem: { kind: 'no-zone' } });
    }
  });

  it.each([
    ['6pm', '`until 18:00`'],
    ['6 PM', '`until 18:00`'],
    ['12am', '`until 00:00`'],
    ['12:30 p.m.', '`until 12:30`'],
    ['tomorrow 6am', '`until tomorrow 06:00`'],
    ['6', '`until 06:00` or `until 18:00`'],
    ['6:30', '`until 06:30` or `until 18:30`'],
    ['18', '`until 18:00`'],
    ['18h', '`until 18:00`'],
    ['18.30', '`until 18:30`'],
    ['1830', '`until 18:30`'],
    ['noon', '`until 12:00`'],
    ['midnight', '`until tomorrow 00:00`'],
    ['24:00', '`until tomorrow 00:00`'],
    ['tomorrow', '`until tomorrow 06:00`'],
    ['2026-12-01', '`until 2026-12-01 06:00`'],
    ['25:00', 'such as `until 18:00`'],
    ['13pm', 'such as `until 18:00`'],
    ['monday', 'such as `until 18:00`'],
    ['18:00 UTC', 'your own clock'],
    ['2026-02-30 06:00', 'that the calendar has'],
    ['18:\u202e00', 'U+202E'],
    ['', 'such as `until 18:00`'],
    ['x'.repeat(5000), 'such as `until 18:00`'],
  ])('%j is no time: %s', (text, advice) => {
    const read = parseUntil(text);
    expect(read).toMatchObject({ ok: false, problem: { kind: 'not-a-time' } });
    if (!read.ok) expect(read.problem.instead).toContain(advice);
  });

  it('gives no advice that it can’t read itself', () => {
    const days = fc.constantFrom('', 'today ', 'tomorrow ', '2026-12-01 ', '2026-02-31 ');
    const clocks = fc.stringMatching(/^\d{0,4}([:.h]\d{1,2})?( ?[ap]\.?m\.?)?$/);
    fc.assert(
      fc.property(days, clocks, (day, clock) => {
        const read = parseUntil(`${day}${clock}`);
        if (read.ok) return;
        for (const [, advice = ''] of read.problem.instead.matchAll(/`until ([^`]+)`/g)) {
          expect(parseUntil(advice).ok, `${day}${clock}: ${advice}`).toBe(true);
        }
      }),
    );
  });

  it('is written so that it is read back to the same minute', () => {
    const text = writeUntil(new Date('2026-12-01T05:00:00.000Z'), BERLIN);
    expect(text).toBe('2026-12-01 06:00');
    expect(end(text)).toEqual({ ok: true, value: new Date('2026-12-01T05:00:00.000Z') });
  });
});
