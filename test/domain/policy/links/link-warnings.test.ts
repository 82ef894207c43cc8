import { describe, expect, it } from 'vitest';
import { warningsOf } from '../../../../src/domain/policy/policy-warnings.ts';
import { fileOf, LINK, location, OFFICE, policyOf, RULE, task, timetabled } from './given-links.ts';

/** What is warned of, but that links are not applied. */
function warned(file: unknown): string[] {
  return warningsOf(policyOf(file))
    .map(({ path, problem }) => `${path.join('.')} ${problem}`)
    .filter((line) => !line.includes('not applied yet'));
}

const forLink = (more: object, name = 'link') => ({ ...RULE, name, match: { links: ['dc1-wan'] }, ...more });

describe('links that are not applied', () => {
  it('are each named', () => {
    const file = fileOf([LINK, { ...LINK, name: 'dc2-wan', tasks: [task(2)] }]);
    expect(warningsOf(policyOf(file))).toEqual([
      {
        path: ['links', 0],
        problem: expect.stringMatching(/^\(dc1-wan\) is checked and explained, but not applied yet:/),
      },
      {
        path: ['links', 1],
        problem: expect.stringMatching(/^\(dc2-wan\) is checked and explained, but not applied yet:/),
      },
    ]);
    expect(warningsOf(policyOf(fileOf([])))).toEqual([]);
  });

  it('are named where there is no rule either', () => {
    const file = fileOf([{ ...LINK, tasks: [], locations: [location(1)] }], []);
    expect(warningsOf(policyOf(file)).map(({ path }) => path)).toEqual([['links', 0], ['rules']]);
  });
});

describe('a rule for links that can never match', () => {
  it.each<[string, object[], string]>([
    ['after the same', [{}, {}], '"r0" takes'],
    ['after a wider one', [{}, { channels: ['C1'] }], '"r0" takes'],
    [
      'after two that share it',
      [{ channels: ['C1'] }, { channels: ['C2'] }, { channels: ['C1', 'C2'] }],
      '"r0", "r1" take',
    ],
  ])('%s', (_what, matches, words) => {
    const rules = matches.map((match, index) => forLink({ match: { links: ['dc1-wan'], ...match } }, `r${index}`));
    expect(warned(fileOf([LINK], [...rules, RULE]))).toEqual([
      `rules.${matches.length - 1} can never match: the earlier rule${words.endsWith('take') ? 's' : ''} ${words} all that it would`,
    ]);
  });

  it('is not one after a rule for everything, nor does it take anything from one', () => {
    expect(warned(fileOf([LINK], [RULE, forLink({})]))).toEqual([]);
    expect(warned(fileOf([LINK], [forLink({}), RULE]))).toEqual([]);
    const other = forLink({ match: { links: ['dc1-wan'], channels: ['C1'] } }, 'r0');
    expect(warned(fileOf([LINK], [RULE, other, forLink({})]))).toEqual([]);
  });
});

describe('a rule for links that needs fewer approvals than the rules of its members', () => {
  const approvals = (lower: number, raise: number, unlimited?: number) => ({ approvals: { lower, raise, unlimited } });
  const member = { ...RULE, name: 'member', ...approvals(0, 2) };
  const words = (fewer: string, rule = 'member') =>
    `rules.1.approvals needs fewer approvals to change link dc1-wan than rule "${rule}" does for its member ${task(1)}: ${fewer}`;

  it('is named for each direction, once for each rule', () => {
    const file = (more: object) => fileOf([{ ...LINK, tasks: [task(1), task(2)] }], [member, forLink(more)]);
    expect(warned(file(approvals(0, 1)))).toEqual([words('raise 1 instead of 2')]);
    expect(warned(file(approvals(0, 2, 2)))).toEqual([words('unlimited 2 instead of never')]);
    expect(warned(file(approvals(0, 2)))).toEqual([]);
    expect(warned(file(approvals(1, 2)))).toEqual([]);
  });

  it('is compared with the rules that decide in its channels, or with the one of another channel', () => {
    const here = { ...member, name: 'here', match: { channels: ['C1'] }, ...approvals(0, 1) };
    const rules = (channels: string[], rest: object[] = [member]) => {
      const rule = { ...forLink(approvals(0, 1)), match: { links: ['dc1-wan'], channels } };
      return warned(fileOf([LINK], [here, rule, ...rest]));
    };
    expect(rules(['C1'])).toEqual([]);
    expect(rules(['C2'])).toEqual([words('raise 1 instead of 2')]);
    expect(rules(['C1', 'C2'])).toEqual([words('raise 1 instead of 2')]);
    expect(rules(['C2'], [])).toEqual([]);
    const strict = { ...here, ...approvals(0, 2) };
    const rule = { ...forLink(approvals(0, 1)), match: { links: ['dc1-wan'], channels: ['C2'] } };
    expect(warned(fileOf([LINK], [strict, rule]))).toEqual([words('raise 1 instead of 2', 'here')]);
  });
});

describe('a minute between two windows', () => {
  const on = (days: unknown, from: string, to: string) => ({ ...OFFICE, days, from, to });
  const at = (index: number) => `links.0.timetable.${index}.to`;
  it.each<[string, object[], string]>([
    [
      'in a day',
      [on('mon', '08:00', '17:59'), on('mon', '18:00', '22:00')],
      `${at(0)} is "17:59" and timetable[1] begins at "18:00"`,
    ],
    [
      'after it',
      [on('mon', '08:00', '18:00'), on('mon', '18:01', '22:00')],
      `${at(0)} is "18:00" and timetable[1] begins at "18:01"`,
    ],
    [
      'before midnight',
      [on('mon', '08:00', '23:59'), on('tue', '00:00', '06:00')],
      `${at(0)} is "23:59" and timetable[1] begins at "00:00"`,
    ],
    ['of every day', [on('mon-sun', '00:00', '23:59')], `${at(0)} is "23:59" and timetable[0] begins at "00:00"`],
    [
      'at the end of the week',
      [on('mon', '00:00', '06:00'), on('sun', '08:00', '23:59')],
      `${at(1)} is "23:59" and timetable[0] begins at "00:00"`,
    ],
    [
      'after a night',
      [on('sun', '22:00', '05:59'), on('mon', '06:00', '08:00')],
      `${at(0)} is "05:59" and timetable[1] begins at "06:00"`,
    ],
    [
      'at the end of a day',
      [on('mon', '08:00', '23:59')],
      `${at(0)} is "23:59", so the last minute of the day is not part`,
    ],
    [
      'between dates',
      [
        { ...OFFICE, days: undefined, dates: ['2026-12-31'], to: '23:59' },
        { ...OFFICE, days: undefined, dates: ['2027-01-01'], from: '00:00' },
      ],
      `${at(0)} is "23:59" and timetable[1] begins at "00:00"`,
    ],
  ])('is named: %s', (_what, windows, words) => {
    const lines = warned(timetabled(...windows));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.startsWith(words), lines[0]).toBe(true);
  });

  it.each<[string, object[]]>([
    ['windows that meet', [on('mon', '08:00', '18:00'), on('mon', '18:00', '22:00')]],
    ['windows two minutes apart', [on('mon', '08:00', '17:58'), on('mon', '18:00', '22:00')]],
    ['a window to midnight', [on('sun', '08:00', '24:00'), on('mon', '00:00', '06:00')]],
  ])('is not seen between %s', (_what, windows) => {
    expect(warned(timetabled(...windows))).toEqual([]);
  });
});

describe('fewer approvals', () => {
  it('are found for a thousand tasks under hundreds of rules, which comparing each task for each rule would take minutes for', () => {
    const tasks = Array.from({ length: 1000 }, (_, index) => task(index));
    const [more, fewer] = [2, 1].map((approvals) => ({ approvers: { users: ['U1', 'U2', 'U3'] }, approvals }));
    const rules = Array.from({ length: 400 }, (_, index) => [
      { ...more, name: `executions ${index}`, match: { channels: [`C${index}`] } },
      { ...fewer, name: `link ${index}`, match: { links: ['dc1-wan'], channels: [`C${index}`] } },
    ]);
    const lines = warned(fileOf([{ ...LINK, tasks }], rules.flat()));
    expect(lines).toHaveLength(400);
    expect(lines[399]).toMatch(
      /^rules\.799\.approvals needs fewer .* rule "executions 399" does for its member .*000000:/,
    );
  });
});

describe('floors', () => {
  const link = (part: object) => fileOf([{ ...LINK, tasks: [task(1), task(2)], capacity: '10MiB/s', ...part }]);
  it('that don’t fit into the lowest capacity together are named', () => {
    expect(warned(link({ floor: '6MiB/s' }))).toEqual([
      'links.0.floor is 12 MiB/s (101 Mbit/s) for all 2 tasks together, more than the lowest capacity (10 MiB/s (83.9 Mbit/s)): the floors are scaled down when all of them run',
    ]);
    expect(warned(link({ floor: '5MiB/s' }))).toEqual([]);
    expect(warned(link({ floor: '5MiB/s', headroom: '1%' }))[0]).toContain(
      'the lowest capacity less the headroom (9.9 MiB/s',
    );
    const night = { ...OFFICE, capacity: '8MiB/s' };
    expect(warned(link({ floor: '5MiB/s', zone: 'UTC', timetable: [night] }))[0]).toContain('(8 MiB/s (67.1 Mbit/s))');
    expect(warned(link({ floor: '5MiB/s', capacity: 'unlimited' }))).toEqual([]);
  });
});

describe('the ids of the example', () => {
  it('are named in links too', () => {
    const arn = task(1).replace('222233334444', '111122223333');
    expect(warned(fileOf([{ ...LINK, tasks: [arn], channel: 'C0OPS' }]))).toEqual([
      'links.0.tasks.0 is in account 111122223333, an id of policy.example.yml: put in your own',
      'links.0.channel is C0OPS, an id of policy.example.yml: put in your own',
    ]);
  });
});
