import { expect, it } from 'vitest';
import type { Link, Window } from '../../../../src/domain/link/link.ts';
import { dueAt } from '../../../../src/domain/link/week.ts';
import { linkStatusMessage } from '../../../../src/slack/views/links/link-status.ts';
import { MIB } from '../../../domain/given.ts';
import { read } from '../text/given-facts.ts';

const AT = new Date('2026-12-01T12:00:00Z');

/** A window of a quarter of an hour, at another time of day each. */
function windowAt(place: number): Window {
  return { on: { kind: 'weekdays', days: [1] }, from: place * 15, to: place * 15 + 14, capacity: MIB };
}

function linkWith(windows: number): Link {
  return {
    name: 'dc1-wan',
    about: null,
    tasks: [],
    locations: ['arn:aws:datasync:us-east-1:111122223333:location/loc-0123456789abcdef0'],
    capacity: 100 * MIB,
    share: 'together',
    floor: 0,
    weights: {},
    headroom: 0,
    zone: 'UTC',
    timetable: Array.from({ length: windows }, (_, place) => windowAt(place)),
    channel: null,
  };
}

it.each([
  [3, []],
  [90, ['and 71 more windows']],
])('The week of a link with %i windows ends with what applies outside them', (windows, more) => {
  const link = linkWith(windows);
  const message = linkStatusMessage({ link, outlook: { at: AT, due: dueAt(link, AT), next: null }, since: null });
  const week = read(message)
    .split('\n')
    .filter((line) => /^(?:Mon |Otherwise|and )/.test(line));
  expect(week.at(-1)).toMatch(/^Otherwise: 100 MiB/);
  expect(week.filter((line) => line.startsWith('and'))).toEqual(more);
  const named = week.filter((line) => line.startsWith('Mon')).length;
  expect(named + Number(/\d+/.exec(more.join(''))?.[0] ?? 0)).toBe(windows);
});
