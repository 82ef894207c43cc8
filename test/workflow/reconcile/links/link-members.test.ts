import { describe, expect, it } from 'vitest';
import { ACCOUNT, REGION } from '../../../aws/aws-environment.ts';
import { MIB } from '../../../domain/given.ts';
import { givenBot, idOf } from '../../given-bot.ts';
import { FREE, granted, HOUR } from '../../given-grants.ts';
import { begin, beginWithWindow, linkOf, passes, windowIn } from '../../given-links.ts';

const given = givenBot(FREE);

const MINUTE = 60;
const LOCATION = `arn:aws:datasync:${REGION}:${ACCOUNT}:location/loc-0123456789abcdef0`;

const run = async () => (await given.bot.ledger.run(given.arn)).run;

describe('a member whose limit is changed outside the bot', () => {
  it('is left alone until another window, and then follows its link again', async () => {
    const windows = [windowIn(given.world, 5, 10, 40), windowIn(given.world, 20, 10, 30)];
    given.world.links = [linkOf(given.arn, { timetable: windows })];
    await begin(given.bot);
    await passes(given, 5 * MINUTE);
    given.aws.setLimit(given.arn, 70 * MIB);
    await passes(given, 2 * MINUTE);
    await passes(given, 2 * MINUTE);
    expect(given.limit()).toBe(70);
    expect((await given.bot.events()).filter((event) => event === 'drift.detected')).toHaveLength(1);
    await passes(given, 10 * MINUTE);
    expect(given.limit()).toBe(70);
    await passes(given, 2 * MINUTE);
    expect(given.limit()).toBe(30);
    await passes(given, 20 * MINUTE);
    expect(given.limit()).toBe(70);
  });
});

describe('a member that leaves its link', () => {
  it('gets back the limit from before', async () => {
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    given.world.links = [];
    await passes(given, MINUTE);
    expect(given.limit()).toBe(100);
    await passes(given, MINUTE);
    expect(await given.bot.redis.zcard(given.bot.keys.timers)).toBe(0);
  });
});

describe('an execution that ends under a limit of its link', () => {
  it('needs nothing any more', async () => {
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    given.aws.finish(given.arn, 'SUCCESS');
    await passes(given, MINUTE);
    expect((await given.bot.events()).at(-1)).toBe('revert.skipped');
    expect((await run())?.inForce).toBeNull();
    await passes(given, MINUTE);
    const members = (await given.bot.redis.zrange(given.bot.keys.timers, '0', '-1')).filter((text) =>
      text.includes('member'),
    );
    expect(members).toEqual([]);
  });
});

describe('a member that AWS does not let the bot change', () => {
  it('is on record with the action, and tried again after a while, not each minute', async () => {
    await beginWithWindow(given);
    given.aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution' });
    await passes(given, 5 * MINUTE);
    for (let minute = 0; minute < 10; minute++) await passes(given, MINUTE);
    const refused = { action: 'datasync:UpdateTaskExecution' };
    const failed = (await given.bot.ledger.lookUp({ kind: 'execution', arn: given.arn }, 50)).filter(
      ({ record }) => record?.event === 'apply.failed',
    );
    expect(failed).toMatchObject([{ record: { link: 'dc1-wan', request: null, detail: { why: 'denied', refused } } }]);
    given.aws.recover();
    for (let minute = 0; minute < 6; minute++) await passes(given, MINUTE);
    expect(given.limit()).toBe(40);
  });
});

describe('bots that run different policies', () => {
  it('raise nothing above what each of them allows, and nothing at all where one can’t be read', async () => {
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    expect(given.limit()).toBe(40);
    const { policy } = given.bot.deps.policy.current();
    const other = (mib: number) => ({
      policy: { ...policy, links: [linkOf(given.arn, { capacity: mib * MIB })] },
      digest: `another-${mib}`,
    });
    given.world.others = [other(25)];
    await passes(given, HOUR);
    expect(given.limit()).toBe(40);
    given.world.others = [other(60)];
    await passes(given, 2 * MINUTE);
    expect(given.limit()).toBe(60);
    given.world.others = [{ policy: null, digest: 'not read' }];
    await passes(given, 2 * MINUTE);
    expect(given.limit()).toBe(60);
    given.world.others = [];
    await passes(given, 2 * MINUTE);
    expect(given.limit()).toBe(100);
  });
});

describe('a limit above what was approved', () => {
  it('is not set because a window that capped it is taken out of the policy', async () => {
    given.aws.setLimit(given.arn, 30 * MIB);
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    given.world.rule = { ...given.world.rule, approvals: { lower: 0, raise: 0, unlimited: 2 } };
    const asked = await given.bot.ask({ rate: { kind: 'absolute', bytesPerSecond: -1 }, durationSeconds: HOUR / 2 });
    expect(await given.bot.request(idOf(asked))).toMatchObject({ direction: 'unlimited', approvalsNeeded: 2 });
    await given.bot.work();
    given.world.links = [linkOf(given.arn)];
    for (let minute = 0; minute < 3; minute++) await passes(given, MINUTE);
    expect(given.limit()).toBe(30);
  });
});

describe('a link of a location', () => {
  it('has every task from or to it as a member, and others are left alone', async () => {
    const task = given.aws.addTask({ name: 'by-location', account: ACCOUNT, region: REGION, source: LOCATION });
    const arn = given.aws.startExecution(task, { bytes: 1e12, status: 'TRANSFERRING', bytesPerSecond: 100 * MIB });
    const timetable = [windowIn(given.world, 0, 60, 40)];
    given.world.links = [linkOf(given.arn, { tasks: [], locations: [LOCATION], timetable })];
    await begin(given.bot);
    expect(given.aws.execution(arn).bytesPerSecond).toBe(40 * MIB);
    expect(given.limit()).toBe(100);
    const forged = [{ effect: { kind: 'member', execution: given.arn } as const, at: given.bot.clock.now() }];
    await given.bot.timers.ensure(forged);
    await given.bot.work();
    expect(given.limit()).toBe(100);
  });

  it('is left as it was while AWS does not say what belongs to it, and ends of limits don’t wait for that', async () => {
    const task = given.aws.addTask({ name: 'by-location', account: ACCOUNT, region: REGION, source: LOCATION });
    const arn = given.aws.startExecution(task, { bytes: 1e12, status: 'TRANSFERRING', bytesPerSecond: 100 * MIB });
    const timetable = [windowIn(given.world, 0, 120, 40)];
    given.world.links = [linkOf(given.arn, { tasks: [], locations: [LOCATION], timetable })];
    await begin(given.bot);
    await granted(given.bot, { durationSeconds: HOUR });
    expect(given.limit()).toBe(50);
    // A bot that knows nothing yet of the location.
    const other = await given.another();
    given.aws.fail({ kind: 'deny', operation: 'ListTasks' });
    given.world.seconds += HOUR;
    await other.work();
    expect(given.limit()).toBe(100);
    expect(given.aws.execution(arn).bytesPerSecond).toBe(40 * MIB);
  });
});
