import { beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, REGION } from '../../../aws/aws-environment.ts';
import { MIB } from '../../../domain/given.ts';
import { givenBot } from '../../given-bot.ts';
import { FREE, granted, to } from '../../given-grants.ts';
import { begin, linkOf, windowIn } from '../../given-links.ts';
import type { Bot } from '../../start-bot.ts';

const given = givenBot(FREE);

const MINUTE = 60;

const AT_REST = { version: 7, baseline: 500 * MIB, inForce: null, grants: [], change: null, unconfirmed: [] };

/** What somebody who can write to Redis, and has none of the keys of the audit log, makes of a stored run. */
async function forge(bot: Bot, execution: string, state: object): Promise<void> {
  const key = bot.keys.run(execution);
  const before = JSON.parse((await bot.redis.hget(key, 'state')) ?? '{}');
  const forged = JSON.stringify({ ...before, execution, ...state });
  const seq = (await bot.redis.hget(key, 'seq')) ?? '0';
  const version = (await bot.redis.hget(key, 'version')) ?? '7';
  await bot.redis.hset(key, { state: forged, version, schema: '1', seq });
}

async function keep(bot: Bot): Promise<void> {
  await bot.timers.ensure([{ effect: { kind: 'member', execution: given.arn }, at: bot.clock.now() }]);
  await bot.work();
}

describe('a forged run without a record of its limit', () => {
  it('raises no limit of a member', async () => {
    given.world.links = [linkOf(given.arn, { timetable: [windowIn(given.world, 5, 60, 40)] })];
    await forge(given.bot, given.arn, AT_REST);
    await begin(given.bot);
    expect(given.sent()).toEqual([]);
    expect(given.limit()).toBe(100);
  });

  it('raises no limit of a member whose first change was refused', async () => {
    given.world.links = [linkOf(given.arn, { timetable: [windowIn(given.world, 5, 60, 40)] })];
    await begin(given.bot);
    given.aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution' });
    given.world.seconds += 5 * MINUTE;
    await given.bot.work();
    expect((await given.bot.events()).at(-1)).toBe('apply.failed');
    given.aws.recover();
    await forge(given.bot, given.arn, { baseline: 500 * MIB });
    given.world.seconds += 61 * MINUTE;
    await given.bot.work();
    expect(given.limit()).toBe(100);
  });

  it('raises no limit that a window left, for a bot that has just started', async () => {
    given.world.links = [linkOf(given.arn, { timetable: [windowIn(given.world, 5, 60, 40)] })];
    await begin(given.bot);
    given.world.seconds += 5 * MINUTE;
    await given.bot.work();
    expect(given.limit()).toBe(40);
    await forge(given.bot, given.arn, AT_REST);
    const later = await given.another();
    given.world.seconds += 61 * MINUTE;
    await later.work();
    expect(given.limit()).toBe(40);
    expect((await later.ledger.proveRun(given.arn)).kind).toBe('contradicted');
  });
});

describe('a forged run of an execution of no link', () => {
  beforeEach(() => {
    given.world.links = [linkOf(given.aws.addTask({ name: 'other', account: ACCOUNT, region: REGION }))];
  });

  it('that names a link in force is left alone', async () => {
    const at = given.bot.clock.now().toISOString();
    const inForce = { rate: 100 * MIB, or: null, at, request: null, link: 'dc1-wan' };
    await forge(given.bot, given.arn, { ...AT_REST, inForce });
    await keep(given.bot);
    expect(given.sent()).toEqual([]);
  });

  it('that names a link in force is left alone where a change of it has failed', async () => {
    given.aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution' });
    await granted(given.bot, to(50));
    expect((await given.bot.events()).at(-1)).toBe('apply.failed');
    given.aws.recover();
    const at = given.bot.clock.now().toISOString();
    const inForce = { rate: 100 * MIB, or: null, at, request: null, link: 'dc1-wan' };
    await forge(given.bot, given.arn, { baseline: 500 * MIB, inForce });
    const before = given.sent();
    await keep(given.bot);
    expect(given.sent()).toEqual(before);
  });

  it('that brings limits of a link along has none', async () => {
    const limits = [{ from: '2020-01-01T00:00:00.000Z', rate: MIB, capsGrants: true }];
    await forge(given.bot, given.arn, { ...AT_REST, baseline: null, link: { link: 'dc1-wan', limits } });
    await keep(given.bot);
    await granted(given.bot, to(50));
    expect(given.sent()).toEqual([50]);
  });
});
