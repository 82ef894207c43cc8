import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRate, resolveRate, sameAsNow, UNLIMITED } from '../../../src/domain/rate/rate.ts';

const MiB = 1024 ** 2;

describe('parseRate', () => {
  it.each([
    ['52428800', 52428800],
    ['1048576', 1_048_576],
    ['1B/s', 1],
    ['0.125GiB/s', 128 * MiB],
    ['1234.567 KiB/s', 1_264_196],
    ['５０ＭＢ／ｓ', 50 * MiB],
    ['\ufeff50\u200bMiB\u00ad/s\u200e', 50 * MiB],
    ['50MiB/s', 50 * MiB],
    ['50 MB/s', 50 * MiB],
    ['  50\u00a0MB/s ', 50 * MiB],
    ['50MBps', 50 * MiB],
    ['50MiBps', 50 * MiB],
    ['1.5GiB/s', 1.5 * 1024 ** 3],
    ['1GB/s', 1024 ** 3],
    ['2TB/s', 2 * 1024 ** 4],
    ['2TiB/s', 2 * 1024 ** 4],
    ['8KB/s', 8192],
    ['8kB/s', 8192],
    ['8KiB/s', 8192],
    ['7B/s', 7],
    ['400Mbps', 50_000_000],
    ['400 Mbit/s', 50_000_000],
    ['400Mbits/s', 50_000_000],
    ['400mbit/s', 50_000_000],
    ['1Gbps', 125_000_000],
    ['1Gbit/s', 125_000_000],
    ['64Kbps', 8000],
    ['64kbit/s', 8000],
    ['8bit/s', 1],
    ['0.1MiB/s', 104857],
    ['1.9B/s', 1],
    ['9bit/s', 1],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['0000050MiB/s', 50 * MiB],
    ['unlimited', UNLIMITED],
    ['Unlimited', UNLIMITED],
  ])('reads %j', (text, bytesPerSecond) => {
    expect(parseRate(text)).toEqual({ ok: true, value: { kind: 'absolute', bytesPerSecond } });
  });

  it.each([
    ['50%', 50],
    ['12.5 %', 12.5],
    ['150%', 150],
  ])('reads %j of the limit in force', (text, percent) => {
    expect(parseRate(text)).toEqual({ ok: true, value: { kind: 'percent', percent } });
  });

  it.each([
    ['0', 'zero', '`unlimited`'],
    ['0.0MiB/s', 'zero', '`unlimited`'],
    ['0%', 'zero', '`50%`'],
    ['-5', 'negative', '`unlimited`'],
    ['-1', 'negative', 'write `unlimited`'],
    ['−50 MB/s', 'negative', '`50MiB/s`'],
    ['-50%', 'negative', '`50%`'],
    ['0.5B/s', 'too-small', '`1B/s`'],
    ['7bit/s', 'too-small', '`1B/s`'],
    ['9007199254740992', 'too-large', '`unlimited`'],
    ['8192TiB/s', 'too-large', '`unlimited`'],
    ['9'.repeat(5000), 'too-large', '`unlimited`'],
    ['50mb/s', 'ambiguous-unit', '`50MB/s` for bytes or `50Mbit/s` for bits'],
    ['50Mb/s', 'ambiguous-unit', '`50MB/s` for bytes or `50Mbit/s` for bits'],
    ['50 mbps', 'ambiguous-unit', '`50MB/s` for bytes or `50Mbit/s` for bits'],
    ['50MBPS', 'ambiguous-unit', '`50MB/s` for bytes or `50Mbit/s` for bits'],
    ['50mib/s', 'ambiguous-unit', '`50MiB/s` if bytes are meant'],
    ['1.5g', 'ambiguous-unit', '`1.5GB/s` for bytes or `1.5Gbit/s` for bits'],
    ['50M', 'ambiguous-unit', '`50MB/s` for bytes or `50Mbit/s` for bits'],
    ['50 kbps', 'ambiguous-unit', '`50KB/s` for bytes or `50Kbit/s` for bits'],
    ['50bps', 'ambiguous-unit', '`50B/s` for bytes or `50bit/s` for bits'],
    ['50MiB', 'unknown-unit', '`50MiB/s`'],
    ['50MB/sec', 'unknown-unit', '`50MB/s`'],
    ['50 megabytes', 'unknown-unit', '`50MB/s`'],
    ['50 megabits per second', 'unknown-unit', '`50Mbit/s`'],
    ['50 percent', 'unknown-unit', '`50%`'],
    ['50 furlongs', 'unknown-unit', 'MB/s or GB/s for bytes'],
    ['50%%', 'bad-percent', '`50%`'],
    ['1234567%', 'bad-percent', '`12.5%`'],
    ['fast', 'not-a-rate', '`50MiB/s`'],
    ['', 'not-a-rate', '`50MiB/s`'],
    ['NaN', 'not-a-rate', '`50MiB/s`'],
    ['Infinity', 'not-a-rate', '`unlimited`'],
    ['1e400', 'not-a-rate', 'without an exponent'],
    ['0x10', 'not-a-rate', 'in decimal digits'],
    ['1,5GiB/s', 'not-a-rate', '`1.5GiB/s`'],
    ['1,500', 'not-a-rate', 'can be read both ways'],
    ['52,428,800', 'not-a-rate', '`52428800`'],
    ['52.428.800', 'not-a-rate', '`52428800`'],
    ["52'428'800", 'not-a-rate', '`52428800`'],
    ['52_428_800', 'not-a-rate', '`52428800`'],
    ['52 428 800', 'not-a-rate', '`52428800`'],
    ['1 000 000', 'not-a-rate', '`1000000B/s`'],
    ['50 20MB/s', 'not-a-rate', 'one number'],
    ['1.500 MB/s', 'not-a-rate', '`1500MB/s` or `1.5MB/s`'],
    ['1,500MB/s', 'not-a-rate', '`1500MB/s` or `1.5MB/s`'],
    ['1.500%', 'not-a-rate', '`1500%` or `1.5%`'],
    ['1,234.5MB/s', 'not-a-rate', '`1234.5MB/s`'],
    ['1.234,5 MB/s', 'not-a-rate', '`1234.5MB/s`'],
    ['1,5 mb/s', 'not-a-rate', '`1.5MB/s` for bytes or `1.5Mbit/s` for bits'],
    ['50', 'no-unit', '`50MB/s` for megabytes, `50Mbit/s` for megabits, or `50B/s`'],
    ['0.5', 'no-unit', '`0.5MB/s`'],
    ['500000', 'no-unit', '`500000B/s`'],
    ['1048575', 'no-unit', '`1048575B/s`'],
    ['50 Mo/s', 'unknown-unit', '`50MB/s`'],
    ['50 МБ/с', 'unknown-unit', '`50MB/s`'],
    ['50 Мбит/с', 'unknown-unit', '`50Mbit/s`'],
    ['50 mebibits/s', 'unknown-unit', 'a known unit'],
    ['50 Mibit/s', 'unknown-unit', 'a known unit'],
    ['200 GB/h', 'unknown-unit', 'a known unit'],
    ['50 МB/s', 'unknown-unit', 'U+041C'],
    ['max 50MB/s', 'not-a-rate', 'alone: `50MB/s`'],
    ['min 50MB/s', 'not-a-rate', 'a rate such as'],
    ['max', 'not-a-rate', 'a rate such as'],
    ['50\u202eMB/s', 'not-a-rate', 'U+202E'],
    ['.5GiB/s', 'not-a-rate', '`0.5GiB/s`'],
  ])('refuses %j as %s', (text, kind, advice) => {
    const parsed = parseRate(text);
    expect(parsed).toMatchObject({ ok: false, problem: { kind } });
    if (parsed.ok) return;
    expect(parsed.problem.instead).toContain(advice);
    expect(parsed.problem.quoted.length).toBeLessThanOrEqual(60);
    if (text.length <= 60)
      expect(parsed.problem.quoted).toBe(text.replace(/\s+/g, ' ').replace('\u202e', '[U+202E]').trim());
  });

  const digits = fc.stringMatching(/^(\d{1,8}|\d{1,3}([.,' ]\d{3}){1,3}|\d{0,4}[.,]\d{1,4})$/);
  const units = fc.oneof(
    fc.stringMatching(/^ ?[kKMmGgtT]?i?[bB]?(it|its|yte|ytes|o)?(ps|\/s|\/S|PS|\/h|\/sec)?$/),
    fc.constantFrom('%', ' percent', ' МБ/с', ' мбит/с', ' Mo/s', ' meg', 'x10', 'e3', ' per hour', ' furlongs'),
  );

  it('gives no advice that it can’t read itself', () => {
    fc.assert(
      fc.property(fc.constantFrom('', 'max ', 'to ', '-', '+', '0x'), digits, units, (before, number, unit) => {
        const parsed = parseRate(`${before}${number}${unit}`);
        if (parsed.ok) return;
        for (const [, advice = ''] of parsed.problem.instead.matchAll(/`([^`]+)`/g)) {
          expect(parseRate(advice).ok, `${number}${unit}: ${advice}`).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('reads a number in one way only: with the unit of its own kind, and without any separator but a decimal point', () => {
    fc.assert(
      fc.property(digits, units, (number, unit) => {
        const parsed = parseRate(`${number}${unit}`);
        if (!parsed.ok) return;
        expect(number).toMatch(/^\d+(?:\.\d+)?$/);
        expect(number).not.toMatch(/^[1-9]\d{0,2}\.\d{3}$/);
        if (unit.trim() === '') expect(Number(number)).toBeGreaterThanOrEqual(MiB);
        else expect(unit).toMatch(/^ ?(?:%|[kKMGT]?i?B(?:\/s|ps)|[kmgtKMGT]?bits?(?:\/s|ps)|[KMGT]bps)$/i);
      }),
      { numRuns: 2000 },
    );
  });

  it('answers for any text, and only with rates that AWS can hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parsed = parseRate(text);
        if (!parsed.ok || parsed.value.kind === 'percent') return;
        const rate = parsed.value.bytesPerSecond;
        expect(rate === UNLIMITED || (Number.isSafeInteger(rate) && rate > 0)).toBe(true);
      }),
    );
  });
});

describe('resolveRate', () => {
  const percent = (of: number) => ({ kind: 'percent', percent: of }) as const;
  const absolute = (bytesPerSecond: number) => ({ kind: 'absolute', bytesPerSecond }) as const;

  it.each([
    [absolute(100), 50, 100],
    [absolute(100), UNLIMITED, 100],
    [absolute(UNLIMITED), 50, UNLIMITED],
    [percent(50), 101, 50],
    [percent(12.5), 800, 100],
    [percent(150), 100, 150],
    // As a floating point number this share would be off.
    [percent(50), Number.MAX_SAFE_INTEGER, 4503599627370495],
  ])('%j of %d is %d', (asked, current, value) => {
    expect(resolveRate(asked, current)).toEqual({ ok: true, value });
  });

  it.each([
    [absolute(100), 100, '100B/s'],
    [absolute(UNLIMITED), UNLIMITED, 'unlimited'],
    [percent(100), 100, '100%'],
  ])(
    '%j of %d is the limit in force: no fault, unless it would change nothing else either',
    (asked, current, quoted) => {
      expect(resolveRate(asked, current)).toEqual({ ok: true, value: current });
      expect(sameAsNow(asked, current)).toMatchObject({ kind: 'same-as-now', quoted });
    },
  );

  it.each([
    [percent(50), UNLIMITED, 'percent-of-unlimited', '50%'],
    [percent(1), 99, 'too-small', '1%'],
    [percent(200), Number.MAX_SAFE_INTEGER, 'too-large', '200%'],
  ])('%j of %d is refused as %s', (asked, current, kind, quoted) => {
    expect(resolveRate(asked, current)).toMatchObject({ ok: false, problem: { kind, quoted } });
  });
});
