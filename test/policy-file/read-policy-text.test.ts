import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describePolicyFaults, readPolicyText } from '../../src/policy-file/read-policy-text.ts';

const EXAMPLE = readFileSync(new URL('../../policy.example.yml', import.meta.url), 'utf8');
const HEAD = 'version: 1\nrules:\n';

function told(text: string): string[] {
  const read = readPolicyText(text);
  return read.ok ? [] : describePolicyFaults('policy.yml', read.problem).split('\n');
}

describe('the example', () => {
  it('is a policy, with what the contract shows', () => {
    const read = readPolicyText(EXAMPLE);
    expect(read.ok || describePolicyFaults('policy.example.yml', read.problem)).toBe(true);
    if (!read.ok) return;
    expect(read.value.text).toBe(EXAMPLE);
    expect(read.value.digest).toBe(createHash('sha256').update(EXAMPLE).digest('hex'));
    expect(read.value.policy.audit).toEqual({ readers: { users: ['U0AUDIT'], groups: ['S0AUDIT'] } });
    expect(read.value.policy.rules[0]).toMatchObject({
      name: 'production',
      approvals: { lower: 0, raise: 1, unlimited: 2 },
      rate: { min: 1024 ** 2, max: 1024 ** 3 },
      maxDurationSeconds: 43_200,
      reason: 'required',
      expiresInSeconds: 1800,
      reminders: true,
      role: 'arn:aws:iam::111122223333:role/datasync-throttle',
    });
  });
});

describe('the example of links', () => {
  /** Without the comment signs of the lines from the first one on, up to an empty line. */
  const uncommented = (text: string, first: string) =>
    text.replace(new RegExp(`^( *)# ${first}(?:\\n *#.*)*`, 'm'), (block, indent: string) =>
      block.replace(new RegExp(`^${indent}# `, 'gm'), indent),
    );

  it('is a policy once its comment signs are removed', () => {
    const text = uncommented(uncommented(EXAMPLE, 'links:'), '- name: dc1-wan');
    const read = readPolicyText(text);
    expect(read.ok || describePolicyFaults('policy.example.yml', read.problem)).toBe(true);
    if (!read.ok) return;
    const { links, rules } = read.value.policy;
    expect(links).toMatchObject([{ name: 'dc1-wan', capacity: 100_000_000, headroom: 0.05, zone: 'Europe/Dublin' }]);
    expect(links[0]?.timetable).toHaveLength(3);
    expect(rules.map(({ match }) => match.links)).toEqual([undefined, undefined, ['dc1-wan']]);
  });

  it('has each fault at the line of its value, or of what lacks it', () => {
    const text = [
      'version: 1',
      'links:',
      '  - name: undo',
      '    tasks:',
      '      - arn:aws:datasync:eu-west-1:111122223333:task/task-0123456789abcdef0',
      '      - arn:aws:datasync:eu-west-1:111122223333:task/task-0123456789abcdef0',
      '    capacity: 10MiB/s',
      '    floor: 11MiB/s',
      '    timetable:',
      '      - { days: mon-fri, from: "08:00", to: "18:00", capacity: unlimited }',
      '      - days: fri',
      '        from: 17:00',
      '        to: 25:00',
      '        capacity: 1MiB/s',
      '      - { days: tue, from: "17:00", to: "19:00", capacity: 20MiB/s }',
      'rules:',
      '  - name: links',
      '    match:',
      '      links: [dc1-wan]',
      '      regions: [eu-west-1]',
      '    approvals: 0',
      '    role: arn:aws:iam::111122223333:role/x',
    ].join('\n');
    expect(told(text).map((line) => line.replace(/; expected .*/, ''))).toEqual([
      'policy.yml:3:5 links[0].name: is "undo", which is a command',
      'policy.yml:3:5 links[0].zone: is missing, and the timetable needs it',
      'policy.yml:5:9 links[0].tasks[0]: is a task that no rule is for',
      'policy.yml:6:9 links[0].tasks[1]: is links[0].tasks[0] too',
      'policy.yml:6:9 links[0].tasks[1]: is a task that no rule is for',
      'policy.yml:8:5 links[0].floor: is 11 MiB/s (92.3 Mbit/s), more than the capacity of the link',
      'policy.yml:13:9 links[0].timetable[1].to: is "25:00"',
      'policy.yml:15:9 links[0].timetable[2]: overlaps timetable[0]',
      'policy.yml:19:15 rules[0].match.links[0]: is "dc1-wan", which is no link of this file',
      'policy.yml:20:7 rules[0].match.regions: is beside links',
      'policy.yml:22:5 rules[0].role: is in a rule for links',
    ]);
  });

  it('is commented out, since a link would be applied', () => {
    expect(readPolicyText(EXAMPLE)).toMatchObject({ value: { policy: { links: [] } } });
  });
});

describe('readPolicyText', () => {
  it('reads JSON, CRLF and a byte order mark', () => {
    expect(told('{"version": 1, "rules": [{"name": "a", "approvals": 0}]}')).toEqual([]);
    expect(told('\ufeffversion: 1\r\nrules:\r\n- name: a\r\n  approvals: 0\r\n')).toEqual([]);
  });

  it('lets rules share a list by an alias', () => {
    const shared =
      '- {name: a, approvals: 1, approvers: &leads {users: [U1]}}\n- {name: b, approvals: 1, approvers: *leads}\n';
    expect(readPolicyText(HEAD + shared)).toMatchObject({
      ok: true,
      value: { policy: { rules: [{ approvers: { users: ['U1'] } }, { approvers: { users: ['U1'] } }] } },
    });
  });

  it('tells every fault with its line and column, in their order', () => {
    const text = [
      'version: 1',
      'rules:',
      '  - name: production',
      '    approvals: { lower: 0, raise: 3 }',
      '    approvers:',
      '      users: [U1, bob]',
      '    rate:',
      '      min: 50mb/s',
      '    colour: red',
      '  - name: production',
      '    approvals:',
      '      lower: 0',
      '      raise: 9',
      '    approvers: { users: [U1] }',
      '"odd key": 1',
    ].join('\n');
    const faults = told(text);
    expect(faults.map((line) => line.split(': ')[0])).toEqual([
      'policy.yml:6:19 rules[0].approvers.users[1]',
      'policy.yml:8:7 rules[0].rate.min',
      'policy.yml:9:5 rules[0].colour',
      'policy.yml:10:5 rules[1].name',
      'policy.yml:13:7 rules[1].approvals.raise',
      'policy.yml:15:1 ["odd key"]',
    ]);
    expect(faults[1]).toBe(
      'policy.yml:8:7 rules[0].rate.min: is "50mb/s"; expected a rate such as 50MiB/s: write `50MB/s` for bytes or `50Mbit/s` for bits',
    );
    expect(faults[4]).toContain('is 9; expected at most 1');
  });

  it.each([
    ['an empty file', '', 'policy.yml:1:1 is empty'],
    ['a file of comments', '# nothing\n', 'policy.yml:1:1 is empty'],
    ['what is missing, where it should be', `${HEAD}  - approvals: 0\n`, 'policy.yml:3:5 rules[0].name: is missing'],
    ['an open bracket', 'version: 1\nrules: [\n', 'policy.yml:3:1 '],
    ['a tab as indentation', 'rules:\n\t- name: a\n', 'policy.yml:2:1 Tabs'],
    [
      'a key that is there twice',
      'version: 1\nversion: 1\nrules: []\n',
      'policy.yml:2:1 the key version is there twice',
    ],
    [
      'a key that is there twice, deeper',
      `${HEAD}- name: a\n  name: b\n`,
      'policy.yml:4:3 the key name is there twice',
    ],
    ['a second document', `${HEAD}---\n${HEAD}`, 'policy.yml:3:1 '],
    ['a tag', 'version: 1\nrules: !!js/function []\n', 'policy.yml:2:8 '],
    [
      'a merge key',
      `${HEAD}- &a {name: a, approvals: 0}\n- {<<: *a, name: b, approvals: 0}\n`,
      'policy.yml:4:4 rules[1]["<<"]',
    ],
    ['a key of prototypes', 'version: 1\nrules: []\n__proto__: {x: 1}\n', 'policy.yml:3:1 __proto__: is no key'],
    ['an alias without an anchor', 'version: *one\nrules: []\n', 'policy.yml:1:10 the alias *one has no anchor'],
    ['an alias of itself', 'version: 1\nrules: &r [*r]\n', 'policy.yml:2:12 the alias *r is inside an anchor'],
    ['deep nesting', '['.repeat(20_000), 'policy.yml:1:'],
    ['a file that is far too long', `# ${'x'.repeat(300_000)}`, 'policy.yml:1:1 the file has 300002 characters'],
  ])('refuses %s', (_what, text, beginning) => {
    const faults = told(text);
    expect(faults[0]).toMatch(/; expected /);
    expect(faults[0]?.startsWith(beginning), faults[0]).toBe(true);
    expect(faults.length).toBeLessThanOrEqual(20);
  });

  it('is not blown up by aliases of aliases, nor by very many', () => {
    const letters = 'abcdefghij'.split('');
    const bomb = letters.map((name, i) => `${name}: &${name} [${i === 0 ? '1' : Array(9).fill(`*${letters[i - 1]}`)}]`);
    expect(told(bomb.join('\n'))[0]).toContain('is inside an anchor');
    const many = `version: &v 1\nrules: [${Array(5000).fill('*v').join(', ')}]`;
    expect(told(many)).toEqual([expect.stringContaining('at most 100 aliases')]);
  });
});
