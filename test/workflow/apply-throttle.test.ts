import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { applyThrottle } from '../../src/workflow/apply-throttle.ts';
import { ROLE } from '../datasync/aws-environment.ts';
import { MIB, person, rule } from '../domain/given.ts';
import { verifiedLog } from '../ledger/given-ledger.ts';
import {
  agreed,
  type Bot,
  type Outside,
  outside,
  startAwsWithOne,
  startBot,
  updates,
  uponUpdate,
} from './given-bot.ts';

let aws: LocalDataSync;
let arn: string;
let world: Outside;
let bot: Bot;

beforeEach(async () => {
  ({ aws, arn } = await startAwsWithOne());
  world = outside();
  bot = await startBot(arn, world);
});
afterEach(async () => {
  bot.close();
  await aws.stop();
  vi.unstubAllEnvs();
});

const limit = () => aws.execution(arn).bytesPerSecond;

describe('apply', () => {
  it('puts the intent on record, sends once, reads back', async () => {
    const id = await agreed(bot);
    await bot.work();
    expect(limit()).toBe(50 * MIB);
    expect(updates(aws)).toHaveLength(1);
    expect(updates(aws)[0]?.input).toEqual({ TaskExecutionArn: arn, Options: { BytesPerSecond: 50 * MIB } });
    expect(await bot.events()).toEqual(['requested', 'approved', 'apply.started', 'applied']);
    const request = await bot.request(id);
    expect(request).toMatchObject({ status: 'applied', ending: { rate: 50 * MIB, by: null } });
    expect(aws.calls.map(({ requestId }) => requestId)).toContain(request.ending?.awsRequestId);
    expect(bot.shown.at(-1)?.kind).toBe('result');
    expect(await bot.redis.zrange(bot.keys.timers, '0', '-1')).toEqual([
      JSON.stringify({ kind: 'watch', request: id }),
    ]);
    await verifiedLog(bot);
  });

  it('at once where nobody needs to agree', async () => {
    world.rule = rule({ role: null, approvals: { lower: 0, raise: 1, unlimited: null } });
    const asked = await bot.ask();
    expect(asked).toMatchObject({ kind: 'asked', request: { status: 'approved' } });
    await bot.work();
    expect(await bot.events()).toEqual(['requested', 'apply.started', 'applied']);
  });

  it('in a session of its own, under the requester’s name, where the rule has a role', async () => {
    world.rule = rule({ role: ROLE });
    const id = await agreed(bot);
    await bot.work();
    expect((await bot.request(id)).status).toBe('applied');
    const session = aws.calls.find(({ input }) => input.SourceIdentity === 'slack-T0-U0OPER');
    expect(session).toMatchObject({ operation: 'AssumeRole', input: { RoleSessionName: id, RoleArn: ROLE } });
  });

  it('run again after it ended does nothing', async () => {
    const id = await agreed(bot);
    await bot.work();
    const before = await bot.events();
    const claim = { entry: '1-0', consumer: 'x', deliveries: 1 };
    expect(await applyThrottle(bot.deps, id, claim)).toEqual({ kind: 'done' });
    expect(await applyThrottle(bot.deps, 'r-nothing', claim)).toEqual({ kind: 'done' });
    expect(await bot.events()).toEqual(before);
  });
});

describe('what no longer stands at the apply', () => {
  async function staleBy(change: () => void) {
    const id = await agreed(bot);
    change();
    await bot.work();
    expect(updates(aws)).toEqual([]);
    expect(await bot.events()).toEqual(['requested', 'approved', 'apply.stale']);
    return (await bot.request(id)).ending?.why;
  }

  it('another rate in force', async () => {
    expect(await staleBy(() => aws.setLimit(arn, 9 * MIB))).toBe('rate');
  });

  it('the asked rate in force already, by somebody else', async () => {
    expect(await staleBy(() => aws.setLimit(arn, 50 * MIB))).toBe('rate');
  });

  it('an execution that has ended', async () => {
    expect(await staleBy(() => aws.finish(arn, 'SUCCESS'))).toBe('status');
  });

  it('a lead who is a guest now; no AWS answer is needed for that', async () => {
    const why = await staleBy(() => {
      aws.fail({ kind: 'internal' });
      world.people.set('U0LEAD', person('U0LEAD', 'guest'));
    });
    expect(why).toBe('policy');
  });

  it('a rule that is gone', async () => {
    expect(await staleBy(() => (world.rule = rule({ match: { accounts: ['999999999999'] } })))).toBe('policy');
  });

  it('waits where Slack can’t say, and goes on when it can', async () => {
    const id = await agreed(bot);
    world.groups.set('S0LEADS', null);
    await bot.work();
    world.people.delete('U0LEAD');
    world.seconds += 5;
    await bot.work();
    expect(await bot.request(id)).toMatchObject({ status: 'approved' });
    world.groups.set('S0LEADS', ['U0LEAD']);
    world.people.set('U0LEAD', person('U0LEAD'));
    world.seconds += 5;
    await bot.work();
    expect((await bot.request(id)).status).toBe('applied');
  });

  it('waits where AWS can’t be seen, and expires if that lasts', async () => {
    const id = await agreed(bot);
    aws.fail({ kind: 'internal', operation: 'DescribeTaskExecution' });
    await bot.work();
    world.seconds += 5;
    await bot.work();
    expect((await bot.request(id)).status).toBe('approved');
    world.seconds += 1800;
    await bot.work();
    expect((await bot.request(id)).status).toBe('expired');
    expect(updates(aws)).toEqual([]);
  });

  it('fails at once where AWS does not let the bot look, with the action that it lacks', async () => {
    const id = await agreed(bot);
    aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' });
    await bot.work();
    const request = await bot.request(id);
    expect(request).toMatchObject({ status: 'failed', apply: null, ending: { why: 'denied' } });
    expect(request.ending?.refused?.action).toBe('datasync:DescribeTaskExecution');
    expect(updates(aws)).toEqual([]);
  });
});

describe('a change whose answer does not come', () => {
  it('but that was carried out, is applied', async () => {
    const id = await agreed(bot);
    aws.fail({ kind: 'lost-update', times: 1 });
    await bot.work();
    expect((await bot.request(id)).status).toBe('applied');
    expect(updates(aws)).toHaveLength(1);
  });

  it('and that nobody can look at, is unknown, on record once, until it is known', async () => {
    const id = await agreed(bot);
    uponUpdate(aws, () => aws.fail({ kind: 'reset', operation: 'DescribeTaskExecution' }));
    for (let look = 0; look < 3; look++) {
      await bot.work();
      world.seconds += 5;
    }
    expect(await bot.events()).toEqual(['requested', 'approved', 'apply.started', 'apply.unknown']);
    expect((await bot.request(id)).apply?.unknownSince).not.toBeNull();
    aws.recover();
    await bot.work();
    expect((await bot.request(id)).status).toBe('applied');
    expect(updates(aws)).toHaveLength(1);
    await verifiedLog(bot);
  });

  it('and that AWS lets nobody look at any more, is said to be that', async () => {
    const id = await agreed(bot);
    aws.fail({ kind: 'lost-update', times: 1 });
    uponUpdate(aws, () => aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' }));
    await bot.work();
    const refused = { action: 'datasync:DescribeTaskExecution', role: null };
    expect((await bot.request(id)).apply).toMatchObject({ refused, unknownSince: expect.any(String) });
    aws.recover();
    world.seconds += 60;
    await bot.work();
    expect((await bot.request(id)).status).toBe('applied');
  });

  it('because AWS is asked too often, is not taken for sent, and goes on by itself', async () => {
    // A machine that stands still for seconds must not make a silence of the refusals, whose outcome would be unknown.
    const patient = await startBot(arn, world, undefined, { update: 60_000, attempt: 60_000 });
    const id = await agreed(patient);
    aws.fail({ kind: 'throttle', operation: 'UpdateTaskExecution' });
    // More often than a change is sent that AWS takes and does not show.
    for (let round = 0; round < 4; round++) {
      await patient.work();
      const { status, apply } = await patient.request(id);
      expect(status).toBe('applying');
      expect(apply).toMatchObject({ attempt: 1, putOff: { why: 'throttled', action: 'datasync:UpdateTaskExecution' } });
      world.seconds += 10;
    }
    aws.recover();
    await patient.work();
    expect(await patient.request(id)).toMatchObject({ status: 'applied', apply: { attempt: 1, putOff: null } });
    expect(updates(aws).filter(({ outcome }) => outcome === 'ok')).toHaveLength(1);
    await verifiedLog(patient);
    patient.close();
  });

  it('and that was not carried out, is sent again after a while', async () => {
    const id = await agreed(bot);
    aws.fail({ kind: 'reset', operation: 'UpdateTaskExecution', times: 1 });
    await bot.work();
    world.seconds += 59;
    await bot.work();
    expect(updates(aws)).toHaveLength(1);
    world.seconds += 2;
    await bot.work();
    expect((await bot.request(id)).status).toBe('applied');
    expect((await bot.events()).slice(2)).toEqual(['apply.started', 'apply.started', 'applied']);
  });
});

describe('a change that does not come to be', () => {
  async function failsBy(): Promise<string | null | undefined> {
    const id = await agreed(bot);
    await bot.work();
    const request = await bot.request(id);
    expect(request.status).toBe('failed');
    expect(await bot.ledger.openRequestOf(arn)).toBeNull();
    return request.ending?.why;
  }

  it('since somebody else set a third rate', async () => {
    uponUpdate(aws, () => aws.setLimit(arn, 7 * MIB));
    expect(await failsBy()).toBe('other-rate');
    expect(limit()).toBe(7 * MIB);
  });

  it('since the execution ended first', async () => {
    aws.fail({ kind: 'rejected', operation: 'UpdateTaskExecution' });
    uponUpdate(aws, () => aws.finish(arn, 'SUCCESS'));
    expect(await failsBy()).toBe('ended');
  });

  it('since IAM does not allow it', async () => {
    aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution' });
    expect(await failsBy()).toBe('denied');
    expect(updates(aws)).toHaveLength(1);
  });

  it('since AWS would not have it', async () => {
    aws.fail({ kind: 'rejected', operation: 'UpdateTaskExecution' });
    expect(await failsBy()).toBe('rejected');
  });

  it('since AWS took it three times and never showed it', async () => {
    aws.fail({ kind: 'ignored-update' });
    const id = await agreed(bot);
    for (const sends of [1, 2, 3]) {
      await bot.work();
      expect(updates(aws)).toHaveLength(sends);
      world.seconds += 61;
    }
    await bot.work();
    expect(await bot.request(id)).toMatchObject({ status: 'failed', ending: { why: 'ignored', rate: 100 * MIB } });
    expect(updates(aws)).toHaveLength(3);
  });
});
