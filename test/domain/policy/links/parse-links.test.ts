import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Link } from '../../../../src/domain/link/link.ts';
import { parsePolicy } from '../../../../src/domain/policy/parse-policy.ts';
import { fileOf, LINK, location, OFFICE, policyOf, RULE, task, taskId, timetabled } from './given-links.ts';

const linkOf = (part: object) => policyOf(fileOf([{ ...LINK, ...part }])).links[0];
const windowOf = (part: object) => policyOf(timetabled({ ...OFFICE, ...part })).links[0]?.timetable[0];

describe('links of the policy file', () => {
  it('are read with every key', () => {
    const file = fileOf([
      {
        name: 'dc1-wan',
        about: 'Frankfurt, 1 Gbit/s uplink',
        tasks: [task(1), task(2)],
        locations: [location(1)],
        capacity: '800Mbit/s',
        share: 'together',
        floor: '5MiB/s',
        weights: { [taskId(1)]: 3, [taskId(2)]: 0.5 },
        headroom: '5%',
        zone: 'Europe/Berlin',
        timetable: [
          OFFICE,
          { days: ['sat', 'sun'], from: '22:00', to: '06:00', capacity: 'unlimited' },
          { dates: ['2026-12-24'], from: '00:00', to: '24:00', capacity: 'unlimited' },
        ],
        channel: 'C0OPS',
      },
    ]);
    const link: Link = {
      name: 'dc1-wan',
      about: 'Frankfurt, 1 Gbit/s uplink',
      tasks: [task(1), task(2)],
      locations: [location(1)],
      capacity: 100_000_000,
      share: 'together',
      floor: 5 * 1024 ** 2,
      weights: { [taskId(1)]: 3, [taskId(2)]: 0.5 },
      headroom: 0.05,
      zone: 'Europe/Berlin',
      timetable: [
        { on: { kind: 'weekdays', days: [1, 2, 3, 4, 5] }, from: 480, to: 1080, capacity: 25_000_000 },
        { on: { kind: 'weekdays', days: [6, 7] }, from: 1320, to: 360, capacity: -1 },
        { on: { kind: 'dates', dates: ['2026-12-24'] }, from: 0, to: 1440, capacity: -1 },
      ],
      channel: 'C0OPS',
    };
    expect(policyOf(file).links).toEqual([link]);
  });

  it('have what is left out filled in, and a policy without them has none', () => {
    const link: Link = {
      name: 'dc1-wan',
      about: null,
      tasks: [],
      locations: [location(1)],
      capacity: -1,
      share: 'together',
      floor: 0,
      weights: {},
      headroom: 0,
      zone: null,
      timetable: [],
      channel: null,
    };
    expect(policyOf(fileOf([{ name: 'dc1-wan', locations: [location(1)], capacity: 'unlimited' }])).links).toEqual([
      link,
    ]);
    expect(policyOf({ version: 1, rules: [] }).links).toEqual([]);
    expect(policyOf(fileOf([])).links).toEqual([]);
  });

  it.each<[unknown, number[]]>([
    ['mon', [1]],
    ['mon-fri', [1, 2, 3, 4, 5]],
    ['fri-mon', [1, 5, 6, 7]],
    ['sun-sat', [1, 2, 3, 4, 5, 6, 7]],
    [
      ['sat', 'sun'],
      [6, 7],
    ],
    [
      ['sun-mon', 'wed', 'mon-tue'],
      [1, 2, 3, 7],
    ],
  ])('have the days %j', (days, read) => {
    expect(windowOf({ days })?.on).toEqual({ kind: 'weekdays', days: read });
  });

  it.each([
    ['00:00', '24:00', 0, 1440],
    ['22:00', '06:00', 1320, 360],
    ['22:00', '00:00', 1320, 0],
    ['23:59', '24:00', 1439, 1440],
  ])('have the times from %s to %s', (from, to, first, last) => {
    expect(windowOf({ from, to })).toMatchObject({ from: first, to: last });
  });

  it('keep only weights that are not those of all others', () => {
    expect(linkOf({ weights: { [taskId(1)]: 1 } })?.weights).toEqual({});
    expect(linkOf({ weights: { [taskId(1)]: 1000 } })?.weights).toEqual({ [taskId(1)]: 1000 });
    // The task may belong to the link by its location.
    expect(linkOf({ locations: [location(1)], weights: { [taskId(9)]: 2 } })?.weights).toEqual({ [taskId(9)]: 2 });
  });

  it.each(['0%', '12.5%', '50%'])('leave %s free', (headroom) => {
    expect(linkOf({ headroom })?.headroom).toBe(Number.parseFloat(headroom) / 100);
  });

  it.each([
    ...['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/Argentina/Buenos_Aires'],
    // Short ones that IANA has.
    ...['CET', 'EET', 'MET', 'WET', 'EST', 'MST', 'HST', 'GMT', 'EST5EDT', 'PRC', 'ROK'],
  ])('may be in the zone %s', (zone) => {
    expect(linkOf({ zone })?.zone).toBe(zone);
  });

  it.each(['dc', 'dc1-wan', '10g-uplink', 'x'.repeat(40), 'wan-50', 'listing', 'taskforce', 'a--b', 'for-dc1'])(
    'may be called %s',
    (name) => {
      expect(linkOf({ name })?.name).toBe(name);
    },
  );

  it('are whole in every policy that is let through, whatever the value', () => {
    const leaf = fc.oneof(
      fc.anything(),
      fc.constantFrom<unknown>('dc1', task(1), [task(1)], '1MiB/s', 'mon', '08:00', '09:00', 'UTC', [], {}, null),
    );
    const keys = 'name tasks locations capacity floor weights timetable zone headroom share __proto__ x'.split(' ');
    const windows = fc.array(fc.dictionary(fc.constantFrom('days', 'dates', 'from', 'to', 'capacity'), leaf));
    const link = fc.dictionary(fc.constantFrom(...keys), fc.oneof(leaf, windows));
    fc.assert(
      fc.property(fc.oneof(leaf, fc.array(fc.oneof(link, leaf), { maxLength: 3 })), (links) => {
        const parsed = parsePolicy(fileOf(links, [RULE, { ...RULE, name: 'b', match: { links } }]));
        if (!parsed.ok) expect(parsed.problem.length).toBeGreaterThan(0);
        else for (const one of parsed.value.links) expect(Object.values(one)).not.toContain(undefined);
      }),
    );
  });
});
