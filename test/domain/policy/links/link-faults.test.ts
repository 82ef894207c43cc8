import { describe, expect, it } from 'vitest';
import { faultsOf, fileOf, LINK, location, OFFICE, RULE, task, taskId, told } from './given-links.ts';

const of = (part: object) => fileOf([{ ...LINK, ...part }]);
const second = (part: object) => fileOf([LINK, { ...LINK, name: 'dc2-wan', tasks: [task(2)], ...part }]);
const named = (name: unknown) => of({ name });

describe('a link, of what is wrong', () => {
  it.each<[string, unknown, (string | number)[], string]>([
    ['links that are no list', fileOf({}), ['links'], 'mapping'],
    ['a link that is a text', fileOf(['x']), ['links', 0], '"x"'],
    ['more than 100 links', fileOf(Array.from({ length: 101 }, () => LINK)), ['links'], 'too long'],
    ['an unknown key', of({ task: [] }), ['links', 0, 'task'], 'no key'],
    ['no name', fileOf([{ ...LINK, name: undefined }]), ['links', 0, 'name'], 'missing'],
    ['a name of one letter', named('a'), ['links', 0, 'name'], '"a"'],
    ['a name that is too long', named('x'.repeat(41)), ['links', 0, 'name'], 'xxxxx'],
    ['a name with a capital letter', named('Dc1'), ['links', 0, 'name'], '"Dc1"'],
    ['a name with a space', named('dc 1'), ['links', 0, 'name'], '"dc 1"'],
    ['a name that begins with -', named('-dc1'), ['links', 0, 'name'], '"-dc1"'],
    ['a name that ends with -', named('dc1-'), ['links', 0, 'name'], '"dc1-"'],
    ['a name that is no text', named(12), ['links', 0, 'name'], 'number 12'],
    ['a command word', named('status'), ['links', 0, 'name'], 'a command'],
    ['a command word to come', named('pause'), ['links', 0, 'name'], 'a command'],
    ['for', named('for'), ['links', 0, 'name'], 'that commands use'],
    ['until', named('until'), ['links', 0, 'name'], 'that commands use'],
    ['unlimited', named('unlimited'), ['links', 0, 'name'], 'that commands use'],
    ['a duration', named('1h30m'), ['links', 0, 'name'], 'a rate, a duration'],
    ['a duration that is too short', named('5s'), ['links', 0, 'name'], 'a rate, a duration'],
    ['a rate', named('52428800'), ['links', 0, 'name'], 'a rate, a duration'],
    ['a rate without its slash', named('50mb'), ['links', 0, 'name'], 'a rate, a duration'],
    ['a date', named('2026-12-01'), ['links', 0, 'name'], 'or a time'],
    ['a task id', named(taskId(1)), ['links', 0, 'name'], 'like the id of a task'],
    ['nearly a task id', named('task-0123456789a'), ['links', 0, 'name'], 'like the id of a task'],
    ['an execution id', named('exec-0123456789abcdef0'), ['links', 0, 'name'], 'like the id of a task'],
    ['a location id', named('loc-0123456789abcdef0'), ['links', 0, 'name'], 'like the id of a task'],
    ['a request id', named('r-0123456789'), ['links', 0, 'name'], 'like the id of a request'],
    ['a name twice', second({ name: 'dc1-wan' }), ['links', 1, 'name'], 'links[0]'],
    ['an empty text about it', of({ about: '' }), ['links', 0, 'about'], '""'],
    ['a text about it over two lines', of({ about: 'a\nb' }), ['links', 0, 'about'], '"a b"'],
    ['neither tasks nor locations', fileOf([{ name: 'dc1', capacity: '1MB/s' }]), ['links', 0, 'tasks'], 'no task'],
    ['empty tasks and locations', of({ tasks: [], locations: [] }), ['links', 0, 'tasks'], 'no task'],
    ['a task id', of({ tasks: [taskId(1)] }), ['links', 0, 'tasks', 0], taskId(1)],
    ['an execution', of({ tasks: [`${task(1)}/execution/exec-0123456789abcdef0`] }), ['links', 0, 'tasks', 0], 'exec-'],
    ['a task of another service', of({ tasks: [task(1).replace('datasync', 'ecs')] }), ['links', 0, 'tasks', 0], 'ecs'],
    ['a task with a space', of({ tasks: [` ${task(1)}`] }), ['links', 0, 'tasks', 0], 'arn:'],
    ['a location as a task', of({ tasks: [location(1)] }), ['links', 0, 'tasks', 0], 'arn:'],
    ['a task as a location', of({ locations: [task(1)] }), ['links', 0, 'locations', 0], 'arn:'],
    ['a task twice in a link', of({ tasks: [task(1), task(1)] }), ['links', 0, 'tasks', 1], 'links[0].tasks[0] too'],
    ['a task in two links', second({ tasks: [task(2), task(1)] }), ['links', 1, 'tasks', 1], 'links[0].tasks[0] too'],
    [
      'a location in two links',
      fileOf([
        { ...LINK, locations: [location(1)] },
        { ...LINK, name: 'dc2', tasks: [], locations: [location(1)] },
      ]),
      ['links', 1, 'locations', 0],
      'links[0].locations[0] too',
    ],
    ['no capacity', fileOf([{ ...LINK, capacity: undefined }]), ['links', 0, 'capacity'], 'missing'],
    ['a percentage', of({ capacity: '50%' }), ['links', 0, 'capacity'], '50%'],
    ['an ambiguous capacity', of({ capacity: '800mb/s' }), ['links', 0, 'capacity'], '800mb/s'],
    ['another way to share', of({ share: 'fair' }), ['links', 0, 'share'], '"fair"'],
    ['no floor of a rate', of({ floor: 'unlimited' }), ['links', 0, 'floor'], 'unlimited'],
    [
      'a floor above the capacity',
      of({ floor: '801Mbit/s' }),
      ['links', 0, 'floor'],
      'more than the capacity of the link',
    ],
    [
      'a floor above the capacity of a window',
      of({ floor: '201Mbit/s', zone: 'UTC', timetable: [OFFICE] }),
      ['links', 0, 'floor'],
      'more than the capacity of timetable[0]',
    ],
    ['a floor where each has all', of({ floor: '1MB/s', share: 'each' }), ['links', 0, 'floor'], 'no meaning'],
    ['weights that are a list', of({ weights: [1] }), ['links', 0, 'weights'], 'a list'],
    ['a weight of none', of({ weights: { [taskId(1)]: 0 } }), ['links', 0, 'weights', taskId(1)], 'number 0'],
    ['a weight above 1000', of({ weights: { [taskId(1)]: 1001 } }), ['links', 0, 'weights', taskId(1)], 'number 1001'],
    ['a weight as a text', of({ weights: { [taskId(1)]: '3' } }), ['links', 0, 'weights', taskId(1)], '"3"'],
    ['a weight by name', of({ weights: { nightly: 3 } }), ['links', 0, 'weights', 'nightly'], 'no task id'],
    [
      'a weight of another task',
      of({ weights: { [taskId(2)]: 3 } }),
      ['links', 0, 'weights', taskId(2)],
      'no task of this',
    ],
    ['half of it and more left free', of({ headroom: '51%' }), ['links', 0, 'headroom'], '51%'],
    ['less than nothing left free', of({ headroom: '-1%' }), ['links', 0, 'headroom'], '-1%'],
    ['a rate left free', of({ headroom: 5 }), ['links', 0, 'headroom'], 'number 5'],
    ['an offset as a zone', of({ zone: '+02:00' }), ['links', 0, 'zone'], 'offset "+02:00"'],
    ['a zone that does not exist', of({ zone: 'Europe/Frankfurt' }), ['links', 0, 'zone'], 'no time zone'],
    [
      'an abbreviation that means a zone to Node.js alone',
      of({ zone: 'PST' }),
      ['links', 0, 'zone'],
      'abbreviation "PST"',
    ],
    ['an abbreviation with several meanings', of({ zone: 'bst' }), ['links', 0, 'zone'], 'abbreviation "bst"'],
    ['an empty zone', of({ zone: null }), ['links', 0, 'zone'], 'empty'],
    ['a timetable without a zone', of({ timetable: [OFFICE] }), ['links', 0, 'zone'], 'missing'],
    ['a channel by name', of({ channel: '#ops' }), ['links', 0, 'channel'], '#ops'],
  ])('refuses %s, and says where', (_what, file, path, problem) => {
    const faults = faultsOf(file);
    const fault = faults.find((one) => JSON.stringify(one.path) === JSON.stringify(path));
    expect(fault, JSON.stringify(faults)).toBeDefined();
    expect(fault?.problem).toContain(problem);
    expect(fault?.expected).not.toBe('');
    expect(fault?.expected).not.toContain('undefined');
  });

  it('refuses a listed task that no rule for executions names, in whatever channel', () => {
    const match = (value: object) => fileOf([LINK], [{ ...RULE, match: value }]);
    const none = ['links.0.tasks.0 is a task that no rule is for'];
    expect(told(match({ accounts: ['111122223333'] }))).toEqual(none);
    expect(told(match({ regions: ['us-east-1'] }))).toEqual(none);
    expect(told(match({ tasks: [taskId(2)] }))).toEqual(none);
    expect(told(match({ links: ['dc1-wan'] }))).toEqual(none);
    expect(told(fileOf([LINK], []))).toEqual(none);
    expect(told(match({ accounts: ['222233334444'], tasks: [taskId(1)], channels: ['C1'] }))).toEqual([]);
    expect(told(fileOf([{ ...LINK, tasks: [], locations: [location(1)] }], []))).toEqual([]);
    // A rule that can't be read could be the one.
    expect(told(match({ accounts: ['22223333444'] }))).toEqual(['rules.0.match.accounts.0 is "22223333444"']);
  });

  it('tells all faults at once, one for each and none twice', () => {
    const file = fileOf([
      { name: 'list', tasks: [task(1), 'x'], capacity: '50%', floor: '1MB/s', share: 'each', foo: 1 },
      { ...LINK, tasks: [task(1)], zone: 'Nowhere', timetable: [{ ...OFFICE, to: '8:00', capacity: 5 }] },
    ]);
    expect(told(file).map((line) => line.split(' ')[0])).toEqual([
      'links.0.name',
      'links.0.tasks.1',
      'links.0.capacity',
      'links.0.foo',
      'links.1.zone',
      'links.1.timetable.0.to',
      'links.1.timetable.0.capacity',
      'links.0.floor',
      'links.1.tasks.0',
    ]);
  });
});
