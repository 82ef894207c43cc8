import { describe, expect, it } from 'vitest';
import { weekWords, windowWords } from '../../../src/domain/link/window-words.ts';
import { MIB } from '../given.ts';
import { dated, link, weekly } from './given-timetable.ts';

describe('the words of a window', () => {
  it.each([
    [weekly([1, 2, 3, 4, 5], '08:00–18:00', 1), 'Mon–Fri 08:00–18:00'],
    [weekly([7, 6], '22:00–06:00', 1), 'Sat–Sun 22:00–06:00'],
    [weekly([1, 3, 5, 6, 7], '08:00–18:05', 1), 'Mon, Wed, Fri–Sun 08:00–18:05'],
    [weekly([1, 2, 3, 4, 5, 6, 7], '00:00–00:00', 1), 'Mon–Sun 00:00–24:00'],
    [weekly([2], '08:00–08:00', 1), 'Tue 08:00–08:00 the next day'],
    [dated(['2026-12-24'], '00:00–24:00', 1), '24 Dec 00:00–24:00'],
    [
      dated(['2026-12-31', '2026-12-26', '2026-12-25', '2026-12-24'], '20:00–00:00', 1),
      '24–26 Dec, 31 Dec 20:00–24:00',
    ],
    [dated(['2026-11-30', '2026-12-01'], '08:00–18:00', 1), '30 Nov – 1 Dec 08:00–18:00'],
    [dated(['2026-12-24', '2027-12-24'], '08:00–18:00', 1), '24 Dec 2026, 24 Dec 2027 08:00–18:00'],
    [dated(['2026-12-31', '2027-01-01'], '08:00–18:00', 1), '31 Dec 2026 – 1 Jan 2027 08:00–18:00'],
  ])('%j is %s', (window, words) => {
    expect(windowWords(window)).toBe(words);
  });

  it('shortens a long list of dates', () => {
    const odd = ['01', '03', '05', '07', '09', '10', '11'].map((day) => `2026-12-${day}`);
    expect(windowWords(dated(odd.slice(0, 4), '08:00–18:00', 1))).toBe('1 Dec, 3 Dec, 5 Dec, 7 Dec 08:00–18:00');
    expect(windowWords(dated(odd, '08:00–18:00', 1))).toBe('1 Dec, 3 Dec, 5 Dec and 4 more dates, 08:00–18:00');
  });
});

describe('the words of a week', () => {
  it('are its windows in order, those on dates last and with their year, and what applies otherwise', () => {
    const timetable = [
      dated(['2027-01-01'], '00:00–24:00', 40 * MIB),
      weekly([6, 7], '22:00–06:00', -1),
      dated(['2026-12-24', '2026-12-25'], '00:00–24:00', -1),
      weekly([1, 2, 3, 4, 5], '12:00–18:00', 30 * MIB),
      weekly([1, 2, 3, 4, 5], '08:00–12:00', 20 * MIB),
    ];
    expect(weekWords(link({ capacity: 100 * MIB, timetable }))).toEqual([
      'Mon–Fri 08:00–12:00: 20 MiB/s (168 Mbit/s)',
      'Mon–Fri 12:00–18:00: 30 MiB/s (252 Mbit/s)',
      'Sat–Sun 22:00–06:00: unlimited',
      '24–25 Dec 2026 00:00–24:00: unlimited',
      '1 Jan 2027 00:00–24:00: 40 MiB/s (336 Mbit/s)',
      'Otherwise: 100 MiB/s (839 Mbit/s)',
    ]);
    expect(weekWords(link({ capacity: -1, timetable: [] }))).toEqual(['Always: unlimited']);
  });
});
