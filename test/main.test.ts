import { describe, expect, inject, it } from 'vitest';
import { cli } from './command-line.ts';

describe.concurrent('the command line', () => {
  it.each([
    ['', 'serve'],
    ['serve', 'SIGHUP'],
    ['serve', 'Exit codes: 0 stopped in order'],
    ['policy check', 'POLICY_FILE'],
    ['policy explain', '--current'],
    ['policy explain', '--at'],
    ['audit export', '--since'],
    ['audit verify', '--file'],
  ])('%s --help tells what there is', async (words, about) => {
    const { code, out, err } = await cli([...words.split(' ').filter(Boolean), '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(about);
  });

  it.each([
    '',
    'nonsense',
    'audit',
    'audit verify --nonsense',
    'policy explain --user U0A',
    'policy check a b',
    'serve x',
  ])('"%s" is wrong use: 2, on stderr', async (words) => {
    const { code, out, err } = await cli(words.split(' ').filter(Boolean));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
    expect(err).not.toContain('    at ');
  });

  it('does not start on a wrong environment, and lists all of it', async () => {
    const { code, out, err } = await cli(['serve'], { REDIS_URL: 'http://x', PORT: 'x' });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    for (const name of ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'REDIS_URL', 'AUDIT_KEYS', 'PORT']) {
      expect(err).toMatch(new RegExp(`^${name} .*\n  expected: `, 'm'));
    }
  });

  it('checks a policy: 0 or 1', async () => {
    const good = await cli(['policy', 'check', 'policy.example.yml']);
    expect(good).toMatchObject({ code: 0, err: '' });
    const bad = await cli(['policy', 'check', 'package.json']);
    expect(bad).toMatchObject({ code: 1, out: '' });
    expect(bad.err).toMatch(/^package\.json:\d+:\d+ /);
  });

  it('verifies a log that it can reach, and says so of one that it can not', async () => {
    const there = await cli(['audit', 'verify'], { REDIS_URL: inject('redisUrl'), REDIS_KEY_PREFIX: 'empty-log' });
    expect(there).toMatchObject({ code: 0, err: '' });
    expect(there.out).toMatch(/^integrity {5}unknown {2}/);
    const away = await cli(['audit', 'verify'], { REDIS_URL: 'redis://:secret-word@127.0.0.1:1' });
    expect(away).toMatchObject({ code: 2, out: '' });
    expect(away.err).toMatch(/^Redis can't be reached/);
    expect(away.err).not.toContain('secret-word');
  });
});
