import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/domain/audit/audit-event.ts';
import { revertEvent } from '../../../src/domain/run/change/change-events.ts';
import { hasOpenGrant } from '../../../src/domain/run/grant/timed-grant.ts';
import { MIB } from '../../domain/given.ts';
import type { GrantedRequest } from '../../store/given-run.ts';
import { givenBot } from '../given-bot.ts';
import { FREE, granted, HOUR, to } from '../given-grants.ts';

type RevertFacts = Parameters<typeof revertEvent>[2];

const given = givenBot(FREE);

/**
 * Writes records of a request as a bot of the version before does: it knows no runs, and names the version of the request in
 * `in-force` when it has moved the limit.
 */
async function writtenByOlder(id: string, eventOf: (prior: GrantedRequest, facts: RevertFacts) => AuditEvent) {
  const { ledger, redis, keys } = given.bot;
  const prior = await given.bot.request(id);
  if (!hasOpenGrant(prior)) throw new Error(`${id} has ended`);
  const event = eventOf(prior, { from: prior.to, to: prior.hold.base, policy: 'd' });
  const [key, inForce] = [keys.run(given.arn), await redis.hget(keys.inForce, given.arn)];
  const before = await redis.hgetall(key);
  const run = await ledger.run(given.arn);
  const committed = await ledger.commit({ op: `${event.event}:${id}`, prior, events: [event], run });
  if (committed.kind !== 'committed') throw new Error(committed.kind);
  await redis.del(key);
  await redis.hset(key, before);
  const moved = event.event === 'reverted' ? `${id}:${committed.state?.version}` : inForce;
  await redis.hset(keys.inForce, given.arn, moved ?? '');
}

/** Two limits above each other; the upper one's time is over, and the older bot has set the lower one again. */
async function lowerSetAgainByOlder() {
  const lower = await granted(given.bot, { durationSeconds: 2 * HOUR });
  const upper = await granted(given.bot, to(30));
  given.world.seconds += HOUR;
  await writtenByOlder(upper, (prior, facts) =>
    revertEvent(prior, 'revert.started', facts, { attempt: 1, role: null }),
  );
  given.aws.setLimit(given.arn, 50 * MIB);
  const detail = { rate: 50 * MIB, status: 'TRANSFERRING', attempt: 1 };
  await writtenByOlder(upper, (prior, facts) => revertEvent(prior, 'reverted', facts, detail));
  return { lower, upper };
}

describe('a limit that a bot of the version before set again when the one above it ended', () => {
  it('belongs to its request, and ends when its own time is over', async () => {
    const { lower } = await lowerSetAgainByOlder();
    expect((await given.bot.ledger.run(given.arn)).run?.inForce).toMatchObject({ rate: 50 * MIB, request: lower });
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.limit()).toBe(100);
    expect((await given.bot.request(lower)).hold?.end).toMatchObject({ how: 'reverted' });
  });

  it('and then left, as if that one still covered it, is ended at the next poll, once', async () => {
    const { lower } = await lowerSetAgainByOlder();
    given.world.seconds += HOUR;
    const detail = { why: 'replaced', rate: null } as const;
    await writtenByOlder(lower, (prior, facts) => revertEvent(prior, 'revert.skipped', facts, detail));
    expect(given.limit()).toBe(50);
    await given.bot.work();
    expect(given.limit()).toBe(100);
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.sent()).toEqual([50, 30, 100]);
    expect(await given.bot.events()).not.toContain('drift.detected');
    expect((await given.bot.ledger.run(given.arn)).run).toMatchObject({ grants: [], inForce: { request: null } });
  });
});

describe('a limit that a bot of the version before reverted past the one below it', () => {
  it('belongs to no request, and nothing is sent when the lower one is over too', async () => {
    const lower = await granted(given.bot, { durationSeconds: 2 * HOUR });
    const upper = await granted(given.bot, to(30));
    given.world.seconds += HOUR;
    const baseline = { to: 100 * MIB };
    const [sent, detail] = [
      { attempt: 1, role: null },
      { rate: 100 * MIB, status: 'TRANSFERRING', attempt: 1 },
    ];
    await writtenByOlder(upper, (prior, facts) =>
      revertEvent(prior, 'revert.started', { ...facts, ...baseline }, sent),
    );
    given.aws.setLimit(given.arn, 100 * MIB);
    await writtenByOlder(upper, (prior, facts) => revertEvent(prior, 'reverted', { ...facts, ...baseline }, detail));
    given.world.seconds += HOUR;
    const replaced = { why: 'replaced', rate: null } as const;
    await writtenByOlder(lower, (prior, facts) => revertEvent(prior, 'revert.skipped', facts, replaced));
    await given.bot.work();
    expect(given.sent()).toEqual([50, 30]);
    expect((await given.bot.ledger.run(given.arn)).run).toMatchObject({ grants: [], inForce: { request: null } });
  });
});
