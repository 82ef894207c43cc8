import { describe, expect, it } from 'vitest';
import { type ReadinessFacts, readinessChecks, type TokenAnswer } from '../../src/ops/readiness-checks.ts';
import type { RedisHealth } from '../../src/ops/redis-health-check.ts';
import type { Polled } from '../../src/ops/start-polling.ts';
import { NotRecorded } from '../../src/workflow/faults.ts';

const endedAt = new Date('2026-03-01T12:00:00Z');
const PROVEN: Extract<RedisHealth, { kind: 'proven' }> = {
  kind: 'proven',
  aheadMs: 0,
  oldest: { aws: null, slack: null },
  deadLetters: 0,
};

const found =
  <T>(value: T, agoMs = 100): (() => Polled<T>) =>
  () => ({ value, endedAt, agoMs });
const failed =
  (fault: unknown): (() => Polled<never>) =>
  () => ({ fault, endedAt, agoMs: 100 });
const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });

function judged(facts: Partial<ReadinessFacts>) {
  const good: ReadinessFacts = {
    receiving: () => ({ kind: 'http', listening: true }),
    redis: found(PROVEN),
    lastCommit: { failed: () => null },
    heartbeats: { overdue: () => [] },
    token: found<TokenAnswer>({ kind: 'taken' }),
    lost: () => null,
    unreadableRequests: () => [],
    proof: { isReading: () => false, wrong: () => [] },
    warnings: () => [],
    policy: () => ({ digest: 'd1', differing: null, unreadable: [] }),
  };
  const checks = readinessChecks({ ...good, ...facts }).map(({ name, judge }) => ({ name, ...judge() }));
  return checks.filter(({ state }) => state !== 'ok').map(({ name, state, detail }) => [name, state, detail]);
}

const oldest = (ms: number, effect: string | null = 'revert', stream: 'aws' | 'slack' = 'aws') => ({
  redis: found({ ...PROVEN, oldest: { ...PROVEN.oldest, [stream]: { effect, ms } } }),
});

describe('a bot is ready', () => {
  it('where all that it learnt is good', () => {
    expect(judged({})).toEqual([]);
  });

  it.each([
    ['it starts', { kind: 'starting', waitsFor: 'Slack' }, /^starting: waits for Slack/],
    ['it stops', { kind: 'stopping' }, /stopping/],
    ['nothing listens any more', { kind: 'http', listening: false }, /nothing listens on PORT/],
    ['no socket is there', { kind: 'socket', connected: 0, noneForMs: 16_000 }, /for 16 s.*SLACK_APP_TOKEN/],
  ] as const)('not while %s', (_, receiving, says) => {
    expect(judged({ receiving: () => receiving })).toEqual([['receiving', 'fail', expect.stringMatching(says)]]);
  });

  it('while Slack renews its connections', () => {
    const renewed = { receiving: () => ({ kind: 'socket', connected: 0, noneForMs: 6000 }) as const };
    expect(judged(renewed)).toMatchObject([['receiving', 'warn', expect.anything()]]);
    expect(judged({ receiving: () => ({ kind: 'socket', connected: 1, noneForMs: 0 }) })).toEqual([]);
  });
});

describe('Redis', () => {
  it.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", /maxmemory/],
    ["READONLY You can't write against a read only replica.", /primary/],
    ['NOREPLICAS Not enough good replicas to write.', /min-replicas-to-write/],
    ['MISCONF Redis is configured to save RDB snapshots', /disk/],
    ['NOPERM this user has no permissions', /ACL/],
    ['CLUSTERDOWN The cluster is down', /CLUSTER INFO/],
    ['STRANGE secret', /\(STRANGE\): see the log$/],
  ])('that answers %s takes no write: said in words, with what to do', (message, says) => {
    const [redis, ...rest] = judged({ redis: failed(reply(message)) });
    expect(redis).toEqual(['redis', 'fail', expect.stringMatching(says)]);
    expect(redis?.[2]).toMatch(/^nothing can be requested, decided, applied or reverted\. /);
    expect(redis?.[2]).not.toContain('secret');
    // What else the look would have told is unknown then, which is no fault of its own.
    expect(rest.map(([name, state]) => [name, state])).toEqual([
      ['work', 'warn'],
      ['clock', 'warn'],
    ]);
  });

  it('that does not answer, or was not looked at, or not lately', () => {
    expect(judged({ redis: failed(new Error('Command timed out')) })[0]?.[2]).toMatch(/Redis does not answer/);
    expect(judged({ redis: () => null })[0]).toEqual(['redis', 'fail', 'not looked at yet']);
    expect(judged({ redis: found(PROVEN, 21_000) })[0]).toEqual([
      ...['redis', 'fail'],
      expect.stringMatching(/^not looked at since 2026-03-01T12:00:00.000Z/),
    ]);
  });

  it('with a key of the wrong type: it is named', () => {
    const wrong: RedisHealth = { kind: 'wrong-type', key: '{dst}:timers', found: 'string', needed: 'zset' };
    expect(judged({ redis: found(wrong) })[0]?.[2]).toMatch(/\{dst\}:timers is a string and must be a zset/);
  });

  it('whose last commit failed: not ready until a write went well, a warning for 5 minutes, then over', () => {
    const fault = new NotRecorded('Redis refused the write', { cause: reply('OOM command not allowed') });
    const failedAgo = (agoMs: number) => judged({ lastCommit: { failed: () => ({ fault, agoMs }) } });
    expect(failedAgo(50)).toEqual([['redis', 'fail', expect.stringMatching(/^the last commit failed: .*maxmemory/)]]);
    expect(failedAgo(4000)).toEqual([['redis', 'warn', expect.stringMatching(/failed 4 s ago/)]]);
    expect(failedAgo(301_000)).toEqual([]);
  });
});

describe('work', () => {
  it('that nobody takes: a warning, then not ready', () => {
    expect(judged(oldest(14_000))).toEqual([]);
    expect(judged(oldest(20_000))).toEqual([['work', 'warn', expect.stringMatching(/\(revert\).*for 20 s/)]]);
    expect(judged(oldest(61_000))).toEqual([['work', 'fail', expect.stringMatching(/not set or reverted.*restart/)]]);
    expect(judged(oldest(61_000, null))[0]?.[2]).toMatch(/^the oldest work has waited/);
  });

  it('with Slack that nobody takes is a warning, however old: limits don’t wait for it', () => {
    expect(judged(oldest(14_000, 'show', 'slack'))).toEqual([]);
    const words = expect.stringMatching(/\(show\).*for 3600 s.*messages are not updated/);
    expect(judged(oldest(3_600_000, 'show', 'slack'))).toEqual([['work', 'warn', words]]);
  });

  it('that failed for good is a warning that tells what to do', () => {
    const dead = (deadLetters: number) => judged({ redis: found({ ...PROVEN, deadLetters }) });
    expect(dead(1)).toEqual([['work', 'warn', expect.stringMatching(/^1 piece of work has failed.*work retry/)]]);
    expect(dead(1000)).toEqual([['work', 'warn', expect.stringMatching(/^1000 pieces of work have failed/)]]);
  });

  it('is done for all but requests that can’t be read, which are named', () => {
    const unreadable = (count: number) => ({
      unreadableRequests: () => Array.from({ length: count }, (_, nth) => `r-${nth}`),
    });
    expect(judged(unreadable(1))).toEqual([
      ['work', 'warn', expect.stringMatching(/can't be read here: r-0\. .*newer/)],
    ]);
    expect(judged(unreadable(13))[0]?.[2]).toMatch(/r-9 and 3 more\./);
    expect(judged({ ...unreadable(1), ...oldest(61_000) })).toMatchObject([['work', 'fail', expect.anything()]]);
  });

  it.each([
    ['take-aws', /new work with AWS is not taken: limits/],
    ['take-slack', /new work with Slack is not taken: messages/],
    ['timers', /limits are not reverted/],
    ['abandoned-aws', /bots that are gone/],
    ['abandoned-slack', /bots that are gone/],
    ['audit', /audit log is not watched/],
    ['policy', /policies of other bots/],
  ] as const)('whose loop %s is overdue', (loop, says) => {
    const heartbeats = { overdue: () => [{ loop, ms: 65_000 }] };
    expect(judged({ heartbeats })).toEqual([['workers', 'fail', expect.stringMatching(says)]]);
  });
});

describe('the clock', () => {
  it.each([
    [300_000, /300 s ahead of Redis's: AWS and Slack.*NTP/],
    [-6000, /6 s behind Redis's: AWS and Slack/],
  ])('that is off by %i ms', (aheadMs, says) => {
    expect(judged({ redis: found({ ...PROVEN, aheadMs }) })).toEqual([['clock', 'fail', expect.stringMatching(says)]]);
  });

  it('that is off by up to 5 s is good', () => {
    expect(judged({ redis: found({ ...PROVEN, aheadMs: -5000 }) })).toEqual([]);
  });
});

describe('Slack', () => {
  it('that refuses the token: not ready', () => {
    const token = found<TokenAnswer>({ kind: 'refused', error: 'token_revoked' });
    expect(judged({ token })).toEqual([['slack', 'fail', expect.stringMatching(/SLACK_BOT_TOKEN \(token_revoked\)/)]]);
  });

  it('that is away, or limits the rate: a warning', () => {
    const token = found<TokenAnswer>({ kind: 'unknown', why: 'Slack does not answer', waitSeconds: null });
    expect(judged({ token })).toEqual([['slack', 'warn', expect.stringMatching(/^Slack does not answer: messages/)]]);
  });

  it('that asks for a long wait: a warning for that time', () => {
    const unknown: TokenAnswer = { kind: 'unknown', why: 'Slack limits the rate', waitSeconds: 900 };
    expect(judged({ token: found(unknown, 890_000) })).toEqual([
      ['slack', 'warn', expect.stringMatching(/^Slack limits/)],
    ]);
    expect(judged({ token: found(unknown, 1_201_000) })).toEqual([
      ['slack', 'fail', expect.stringMatching(/^not looked/)],
    ]);
  });

  it('that was not called for long: not ready', () => {
    const token = found<TokenAnswer>({ kind: 'taken' }, 301_000);
    expect(judged({ token })).toEqual([['slack', 'fail', expect.stringMatching(/^not looked at since/)]]);
  });
});
