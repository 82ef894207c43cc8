import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPolicy } from '../../../src/commands/policy/check-policy.ts';
import { explainPolicy } from '../../../src/commands/policy/explain-policy.ts';
import type { ExplainOptions } from '../../../src/commands/policy/explain-question.ts';
import { run } from '../../audit/log/log-fixture.ts';

const EXAMPLE = new URL('../../../policy.example.yml', import.meta.url).pathname;
const ARN = 'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0/execution/exec-0123456789abcdef0';
const SANDBOX = ARN.replace('111122223333', '444455556666');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-policy-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('policy check', () => {
  const check = (file: string | undefined, env = {}) => run(env, (terminal) => checkPolicy(file, terminal));

  it('names a good file with its rules and digest', async () => {
    const digest = createHash('sha256')
      .update(await readFile(EXAMPLE))
      .digest('hex');
    const last = `${EXAMPLE} is good: 2 rules, digest ${digest}`;
    for (const { code, out, said } of [await check(EXAMPLE), await check(undefined, { POLICY_FILE: EXAMPLE })]) {
      expect([code, said, out.trimEnd().split('\n').at(-1)]).toEqual([0, '', last]);
    }
  });

  it('warns of what is valid and surely unmeant, each with its line, and is content all the same', async () => {
    const file = join(folder, 'warned.yml');
    const rule = (name: string, match: string) => `  - name: ${name}\n    match: ${match}\n    approvals: 0\n`;
    await writeFile(
      file,
      `version: 1\nrules:\n${rule('all', '{ regions: [us-esat-1] }')}${rule('some', '{ regions: [us-esat-1], channels: [C0MINE] }')}`,
    );
    const { code, out } = await check(file);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(
        /^warn .*warned\.yml:4:\d+ rules\[0\]\.match\.regions\[0\] is "us-esat-1", .* did you mean us-east-1\?$/,
      ),
      expect.stringMatching(/^warn .*warned\.yml:6:\d+ rules\[1\] can never match: the earlier rule "all" takes all/),
      expect.stringMatching(/^warn .*warned\.yml:7:\d+ rules\[1\]\.match\.regions\[0\] is "us-esat-1"/),
      expect.stringMatching(/is good: 2 rules/),
      '',
    ]);
    await writeFile(file, 'version: 1\nrules: []\n');
    const none = await check(file);
    expect([none.code, none.out]).toEqual([
      0,
      expect.stringMatching(/^warn .*warned\.yml:2:\d+ rules has no rule, so every/),
    ]);
  });

  it('warns of each id that is still the example’s', async () => {
    const { out } = await check(EXAMPLE);
    const warned = out
      .split('\n')
      .flatMap((line) => /^warn .* is (\w+), an id of policy\.example\.yml/.exec(line)?.[1] ?? []);
    const ids = (await readFile(EXAMPLE, 'utf8')).replace(/#.*/g, '').match(/\b(?:\d{12}|[CUS]0[A-Z]+)\b/g);
    expect(new Set(warned)).toEqual(new Set(ids));
  });

  it('tells every fault with its line, path and what is expected', async () => {
    const file = join(folder, 'bad.yml');
    await writeFile(
      file,
      'version: 1\nrules:\n  - name: a\n    approvals: 1\n    approvers: { users: [U0A] }\n    foo: 1\n    rate: { min: fast }\nlimits:\n  perUser: 20\n  openPerUser: none\n',
    );
    const { code, out, said } = await check(file);
    expect([code, out]).toEqual([1, '']);
    expect(said.split('\n')).toEqual([
      expect.stringMatching(/bad\.yml:6:\d+ rules\[0\]\.foo: .*; expected /),
      expect.stringMatching(/bad\.yml:7:\d+ rules\[0\]\.rate\.min: .*; expected /),
      expect.stringMatching(
        /bad\.yml:9:\d+ limits\.perUser: is the number 20; expected a number a minute such as 20\/min/,
      ),
      expect.stringMatching(/bad\.yml:10:\d+ limits\.openPerUser: is "none"; expected a whole number from 1/),
    ]);
  });

  it('can say nothing of a file that is not there', async () => {
    await expect(check(join(folder, 'none.yml'))).rejects.toThrow("can't be read");
  });
});

describe('policy explain', () => {
  /** The verdict and the approvals of each part of the answer, by where it holds. */
  async function explain(options: Partial<ExplainOptions>, env: NodeJS.ProcessEnv = { POLICY_FILE: EXAMPLE }) {
    const asked = { user: 'U0OPER', arn: ARN, rate: '50MiB/s', ...options };
    const { out } = await run(env, (terminal) => explainPolicy(asked, terminal));
    const [top, ...parts] = out.split('\n\n').slice(0, -1);
    return {
      top,
      parts,
      row: (name: string, part = 0) => new RegExp(`^  ${name} +(.*)$`, 'm').exec(parts[part] ?? '')?.[1],
    };
  }

  it('names the rule, both directions, who can agree, and what the rule asks for', async () => {
    const { parts, row } = await explain({ channel: 'C0OPS' });
    expect(parts).toHaveLength(1);
    expect(parts[0]).toMatch(/^In C0OPS: rule production\n/);
    expect(row('may ask')).toBe("yes: U0OPER is one of the rule's requesters");
    expect(row('rate')).toBe('within the rule (at least 1 MiB/s (8.39 Mbit/s) and at most 1 GiB/s (8.59 Gbit/s))');
    expect(row('approvals')).toBe('0 to lower the limit; 1 to raise it');
    expect(row('from')).toBe('U0LEAD, a member of S0LEADS; never U0OPER, who asks');
    expect(row('reason')).toBe('has to be given');
    expect(row('for')).toBe('at most 12 h');
    expect(row('verdict')).toBe('allowed');
  });

  it('decides the direction by the limit in force, where that is given', async () => {
    expect((await explain({ channel: 'C0OPS', current: '100MiB/s' })).row('approvals')).toBe('0 to lower the limit');
    expect((await explain({ channel: 'C0OPS', current: 'unlimited' })).row('approvals')).toBe('0 to lower the limit');
    expect((await explain({ channel: 'C0OPS', current: '10MiB/s' })).row('approvals')).toBe('1 to raise it');
    expect((await explain({ channel: 'C0OPS', rate: '50%' })).row('approvals')).toBe('0 to lower the limit');
    expect((await explain({ channel: 'C0OPS', rate: '50%' })).row('verdict')).toContain('not known here');
    expect((await explain({ channel: 'C0OPS', rate: '1%', current: '10MiB/s' })).row('verdict')).toContain(
      'outside the rule',
    );
    // The limit in force may be requested for longer than it lasts.
    const same = await explain({ channel: 'C0OPS', current: '50MiB/s' });
    expect(same.row('rate')).toMatch(/is the limit in force: only if that reverts before this one ends/);
    expect(same.row('verdict')).toContain('not known here');
    const tooSmall = await explain({ channel: 'C0OPS', rate: '1%', current: '1B/s' });
    expect(tooSmall.row('verdict')).toMatch(/^refused: .*not possible now/);
  });

  it('says what only Slack knows', async () => {
    const { row } = await explain({ user: 'U0OTHER', channel: 'C0OPS', rate: 'unlimited' });
    expect(row('may ask')).toBe('if U0OTHER is a member of S0OPS');
    expect(row('approvals')).toBe('2 to lift it (if the groups have enough members beside U0OTHER)');
    expect(row('verdict')).toBe('allowed or not by what is not known here, as above');
  });

  it('says why not: no rule, the wrong people, the rate, too few who could agree', async () => {
    const elsewhere = await explain({ channel: 'C0OTHER' });
    expect(elsewhere.parts[0]).toMatch(/^In C0OTHER: no rule matches\n/);
    expect((await explain({ channel: 'C0OPS', rate: '2GiB/s' })).row('verdict')).toMatch(
      /^refused: 2 GiB\/s .* outside/,
    );

    const file = join(folder, 'users.yml');
    await writeFile(
      file,
      'version: 1\nrules:\n  - name: a\n    requesters: { users: [U0A, U0B] }\n    approvers: { users: [U0A, U0C] }\n    approvals: { lower: 0, raise: 2 }\n',
    );
    const env = { POLICY_FILE: file };
    expect((await explain({ user: 'U0X' }, env)).row('verdict')).toBe(
      "refused: U0X is none of the rule's requesters (U0A, U0B)",
    );
    expect((await explain({ user: 'U0A', current: '1MiB/s' }, env)).row('verdict')).toBe(
      'refused: 2 to raise it, and beside U0A only 1 could give them',
    );
    expect((await explain({ user: 'U0B', current: '1MiB/s' }, env)).row('verdict')).toBe('allowed');
    expect((await explain({ user: 'U0B', rate: 'unlimited' }, env)).row('verdict')).toBe(
      'refused: the rule does not allow to lift the limit',
    );
  });

  it('without a channel tells each place that makes a difference', async () => {
    const { parts } = await explain({});
    expect(parts.map((part) => part.split('\n')[0])).toEqual([
      'In C0OPS: rule production',
      'In any other channel: no rule matches',
    ]);
    const anywhere = await explain({ arn: SANDBOX });
    expect(anywhere.parts.map((part) => part.split('\n')[0])).toEqual(['In any channel: rule sandbox']);
  });

  it('lists all that it can not read', async () => {
    await expect(
      explain({ user: 'oper', arn: 'task', rate: '50mb/s', channel: '#ops', current: '50%' }),
    ).rejects.toThrow(
      /--user "oper" [\s\S]*--channel "#ops" [\s\S]*--arn "task" [\s\S]*--rate "50mb\/s" [\s\S]*--current "50%" /,
    );
  });
});
