import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainPolicy } from '../../../src/commands/policy/explain-policy.ts';
import type { ExplainOptions } from '../../../src/commands/policy/explain-question.ts';
import { run } from '../../audit/log/log-fixture.ts';

const TASK = 'arn:aws:datasync:eu-central-1:222233334444:task/task-0123456789abcdef0';
const POLICY = `version: 1
links:
  - name: dc1-wan
    about: Frankfurt
    tasks: ["${TASK}"]
    locations: ["arn:aws:datasync:eu-central-1:222233334444:location/loc-0123456789abcdef0"]
    capacity: 800Mbit/s
    floor: 5MiB/s
    headroom: 5%
    weights: { task-0123456789abcdef0: 3 }
    zone: Europe/Berlin
    timetable:
      - { days: mon-fri, from: "08:00", to: "18:00", capacity: 200Mbit/s }
      - { dates: ["2026-12-24"], from: "00:00", to: "24:00", capacity: unlimited }
  - { name: tokyo, locations: ["arn:aws:datasync:ap-northeast-1:222233334444:location/loc-0123456789abcdef1"], capacity: 1Gbit/s, share: each }
rules:
  - { name: tasks, match: { channels: [C0OPS, C0TASKS] }, approvals: 0 }
  - name: squeeze
    match: { links: [dc1-wan], channels: [C0OPS] }
    requesters: { users: [U0OPER] }
    approvers: { users: [U0LEAD, U0SECOND] }
    approvals: { lower: 0, raise: 1, unlimited: 2 }
    maxDuration: 4h
    rate: { min: 10Mbit/s }
  - { name: anywhere, match: { links: [dc1-wan] }, approvers: { users: [U0LEAD, U0SECOND] }, approvals: 2 }
`;
const THURSDAY = '2026-12-03T09:00:00Z';

let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-links-'));
  env = { POLICY_FILE: join(folder, 'policy.yml') };
  await writeFile(join(folder, 'policy.yml'), POLICY);
});
afterAll(() => rm(folder, { recursive: true }));

async function explain(options: ExplainOptions) {
  const { out } = await run(env, (terminal) => explainPolicy({ link: 'dc1-wan', at: THURSDAY, ...options }, terminal));
  const [top = '', ...parts] = out.split('\n\n').slice(0, -1);
  const rowOf = (part: string, name: string) => new RegExp(`^(?:  )?${name} +(.*)$`, 'm').exec(part)?.[1];
  return {
    parts: parts.map((part) => part.split('\n')[0]),
    top: (name: string) => rowOf(top, name),
    row: (name: string, part = 0) => rowOf(parts[part] ?? '', name),
  };
}

const asked = { user: 'U0OPER', rate: '100Mbit/s', for: '30m', channel: 'C0OPS' };

describe('policy explain --link', () => {
  it('tells the capacity at a time, why, and what comes next', async () => {
    const { top } = await explain({});
    expect(top('link')).toBe('dc1-wan (Frankfurt)');
    expect(top('members')).toBe('1 task, and every task from or to 1 location');
    expect(top('sharing')).toBe(
      'divided among the executions by weight (task-0123456789abcdef0 3; others 1), 5% left free, at least 5 MiB/s (41.9 Mbit/s) for each',
    );
    expect(top('at')).toBe('2026-12-03 10:00 Europe/Berlin (2026-12-03T09:00:00.000Z)');
    expect(top('capacity')).toBe('23.8 MiB/s (200 Mbit/s): window Mon–Fri 08:00–18:00 (Europe/Berlin)');
    expect(top('next')).toBe(
      '2026-12-03 18:00 Europe/Berlin (2026-12-03T17:00:00.000Z): 95.4 MiB/s (800 Mbit/s): outside all windows',
    );
    expect(top('status')).toMatch(/not applied yet/);
  });

  it.each([
    ['2026-12-03 07:59', 'outside all windows'],
    ['2026-12-03 08:00', 'window Mon–Fri 08:00–18:00'],
    ['2026-12-03T08:00', 'window Mon–Fri 08:00–18:00'],
    ['2026-12-03T17:59:59+01:00', 'window Mon–Fri 08:00–18:00'],
    ['2026-12-03T17:00:00Z', 'outside all windows'],
    ['2026-12-24 09:00', 'unlimited: window 24 Dec 00:00–24:00 (Europe/Berlin)'],
    // Summer time.
    ['2026-07-01T06:00:00Z', 'window Mon–Fri 08:00–18:00'],
  ])('reads the time %s', async (at, words) => {
    expect((await explain({ at })).top('capacity')).toContain(words);
  });

  it('takes the time of now, and says where nothing ever changes', async () => {
    const { out } = await run(env, (terminal) => explainPolicy({ link: 'tokyo' }, terminal));
    expect(out).toMatch(/^at +2\d{3}-\d\d-\d\dT[\d:.]+Z$/m);
    expect(out).toMatch(/^capacity +119 MiB\/s \(1 Gbit\/s\): the link has no timetable$/m);
    expect(out).toMatch(/^next +no change$/m);
    expect(out).toMatch(/^sharing +each execution may have all of the capacity$/m);
    expect(out).toMatch(/^In any channel: no rule matches\n +verdict +refused: what no rule is about is not allowed$/m);
  });

  it.each([
    '',
    'tomorrow',
    '2026-02-30 09:00',
    '2026-02-30T09:00:00Z',
    '2026-12-03',
    '2026-12-03 24:00',
    '2026-12-03T25:00Z',
  ])('refuses the time "%s"', async (at) => {
    await expect(explain({ at })).rejects.toThrow(
      /--at ".*" can't be read\n {2}expected: .* or 2026-12-01 09:00 in Europe\/Berlin/,
    );
  });

  it('refuses a time on the clock of a link that has none', async () => {
    await expect(explain({ link: 'tokyo', at: '2026-12-03 09:00' })).rejects.toThrow(
      /can't be read\n {2}expected: a time with its offset such as 2026-12-01T09:00:00Z or 2026-12-01T09:00\+01:00$/,
    );
  });

  it('names the rule in each channel that makes a difference, and never one for executions', async () => {
    expect((await explain({})).parts).toEqual(['In C0OPS: rule squeeze', 'In any other channel: rule anywhere']);
    expect((await explain({ channel: 'C0TASKS' })).parts).toEqual(['In C0TASKS: rule anywhere']);
  });

  it('says what the rule needs, without a person and a rate', async () => {
    const { row } = await explain({ channel: 'C0OPS' });
    expect(row('may ask')).toBe('U0OPER');
    expect(row('rate')).toBe('at least 1.19 MiB/s (10 Mbit/s)');
    expect(row('approvals')).toBe('0 to lower the capacity; 1 to raise it; 2 to lift it');
    expect(row('for')).toBe('an end is required for a link (--for), at most 4 h');
    expect(row('role')).toBe("that of each member's own rule");
    expect(row('verdict')).toBeUndefined();
  });

  it('decides by the capacity of that time', async () => {
    expect((await explain(asked)).top('rate')).toBe('11.9 MiB/s (100 Mbit/s), from 23.8 MiB/s (200 Mbit/s)');
    expect((await explain(asked)).row('approvals')).toBe('0 to lower the capacity');
    expect((await explain(asked)).row('verdict')).toBe('allowed');
    const raised = { ...asked, rate: '400Mbit/s' };
    expect((await explain(raised)).row('approvals')).toBe('1 to raise it');
    expect((await explain({ ...raised, at: '2026-12-03 20:00' })).row('approvals')).toBe('0 to lower the capacity');
    expect((await explain({ ...raised, current: '1Gbit/s' })).row('approvals')).toBe('0 to lower the capacity');
    expect((await explain({ ...asked, rate: '50%' })).top('rate')).toBe(
      '50% of the capacity, from 23.8 MiB/s (200 Mbit/s)',
    );
    expect((await explain({ ...asked, rate: '200Mbit/s' })).row('rate')).toMatch(/is the capacity already/);
  });

  it('weighs it until its end: a window that begins meanwhile makes it a raise', async () => {
    const early = { ...asked, rate: '400Mbit/s', at: '2026-12-03 07:30' };
    expect((await explain({ ...early, for: '30m' })).row('approvals')).toBe('0 to lower the capacity');
    expect((await explain({ ...early, for: '31m' })).row('approvals')).toBe('1 to raise it');
  });

  it('says why not: no end, too long, the wrong people, the rate', async () => {
    expect((await explain({ ...asked, for: undefined })).row('verdict')).toBe(
      'refused: an end is required for a link (--for), at most 4 h',
    );
    expect((await explain({ ...asked, for: '5h' })).row('verdict')).toBe(
      'refused: 5 h is longer than the rule allows (at most 4 h)',
    );
    expect((await explain({ ...asked, user: 'U0X' })).row('verdict')).toMatch(/^refused: U0X is none/);
    expect((await explain({ ...asked, rate: '5Mbit/s' })).row('verdict')).toMatch(/^refused: .* outside the rule/);
    const anywhere = await explain({ ...asked, channel: 'C0X', for: '7d' });
    expect([anywhere.row('for'), anywhere.row('verdict')]).toEqual(['7 d (at most 7 d)', 'allowed']);
  });

  it('names the links that there are, the nearest first', async () => {
    await expect(explain({ link: 'tokio' })).rejects.toThrow(
      '--link "tokio" is not in the policy file, which has: tokyo, dc1-wan',
    );
    await writeFile(join(folder, 'none.yml'), 'version: 1\nrules: []\n');
    const none = { POLICY_FILE: join(folder, 'none.yml') };
    await expect(run(none, (terminal) => explainPolicy({ link: 'x' }, terminal))).rejects.toThrow(
      '--link "x" is not in the policy file: it has no links',
    );
  });

  it('prints it as JSON', async () => {
    const { out } = await run(env, (terminal) =>
      explainPolicy({ link: 'dc1-wan', at: THURSDAY, ...asked, json: true }, terminal),
    );
    expect(JSON.parse(out)).toMatchObject({
      execution: null,
      link: {
        name: 'dc1-wan',
        at: '2026-12-03T09:00:00.000Z',
        capacity: 25_000_000,
        cause: 'window',
        window: 'Mon–Fri 08:00–18:00',
        next: { at: '2026-12-03T17:00:00.000Z', capacity: 100_000_000, cause: 'capacity', window: null },
      },
      limits: { perUser: 20 },
      scenarios: [
        { where: 'In C0OPS', rule: 'squeeze', says: { verdict: 'allowed', approvals: '0 to lower the capacity' } },
      ],
    });
  });
});

describe('policy explain, of options that don’t go together', () => {
  const of = (options: ExplainOptions) => run(env, (terminal) => explainPolicy(options, terminal));
  const execution = { arn: `${TASK}/execution/exec-0123456789abcdef0`, user: 'U0OPER', rate: '1MiB/s' };
  it.each<[string, ExplainOptions, RegExp]>([
    ['neither an execution nor a link', { user: 'U0OPER', rate: '1MiB/s' }, /^--arn or --link is needed/],
    ['both', { ...execution, link: 'dc1-wan' }, /^--arn or --link is needed, and only one of them$/],
    ['a time for an execution', { ...execution, at: THURSDAY }, /^--at goes with --link: leave it out/],
    ['an execution without a person and a rate', { arn: execution.arn }, /^--user is missing: .*\n--rate is missing: /],
    ['a link with a person alone', { link: 'dc1-wan', user: 'U0OPER' }, /^--rate is missing: /],
    ['a link with a rate alone', { link: 'dc1-wan', rate: '1MiB/s' }, /^--user is missing: /],
    ['a duration that is none', { ...execution, for: '2 hours' }, /^--for "2 hours" can't be read: write `2h`/],
  ])('refuses %s', async (_what, options, words) => {
    await expect(of(options)).rejects.toThrow(words);
  });

  it('has an end for an execution too, and JSON', async () => {
    const { out } = await of({ ...execution, for: '2h', channel: 'C0OPS' });
    expect(out).toMatch(/^ {2}for +2 h \(any duration\)$/m);
    const json = await of({ ...execution, json: true, channel: 'C0OPS' });
    expect(JSON.parse(json.out)).toMatchObject({
      execution: execution.arn,
      link: null,
      scenarios: [{ where: 'In C0OPS', rule: 'tasks', says: { verdict: 'allowed' } }],
    });
  });
});
