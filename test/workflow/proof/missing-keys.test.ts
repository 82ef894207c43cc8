import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalDataSync } from '../../../sandbox/datasync/start-data-sync.ts';
import { arnOf } from '../../aws/aws-environment.ts';
import { MIB } from '../../domain/given.ts';
import { freshPrefix } from '../../store/given-ledger.ts';
import { idOf } from '../given-bot.ts';
import { HOUR, to } from '../given-grants.ts';
import { outside } from '../outside.ts';
import { type Bot, startAwsWithOne, startBot } from '../start-bot.ts';

/** Three executions: a request about the first is pending, one is approved and not applied, one has a limit with an end. */
const ALLOWED = { pending: [], waiting: [60 * MIB], granted: [50 * MIB, 100 * MIB] };

let aws: LocalDataSync;
let arn: string;

beforeAll(async () => {
  ({ aws, arn } = await startAwsWithOne());
});
afterAll(() => aws.stop());

function startExecution(): string {
  const { account, region } = arnOf(arn);
  const task = aws.addTask({ name: 'another', account, region });
  return aws.startExecution(task, { bytes: 1e12, status: 'TRANSFERRING', bytesPerSecond: 100 * MIB });
}

function sent(to: string): number[] {
  return aws.calls
    .filter(({ operation, input }) => operation === 'UpdateTaskExecution' && input.TaskExecutionArn === to)
    .map(({ input }) => (input.Options as { BytesPerSecond: number }).BytesPerSecond);
}

/** Runs all work, as the loop does: what fails is tried again. Never waits for work. */
async function workAll(bot: Bot): Promise<void> {
  const { redis, keys, outbox } = bot;
  for (const step of [outbox.releaseDue, bot.ledger.proof.check]) await step().catch(() => null);
  // Taken by a worker that is gone at once.
  const from = ['GROUP', 'workers', 'gone', 'COUNT', 100, 'STREAMS', keys.awsOutbox, '>'] as const;
  await redis.xreadgroup(...from).catch(() => null);
  for (const work of await outbox.takeAbandoned(50).catch(() => [])) {
    const ran = await bot.run(work).catch(() => ({ kind: 'later', seconds: 1, why: 'fault' }) as const);
    await bot.settle(work, ran).catch(() => null);
  }
}

async function setUp() {
  const world = outside({ approvals: { lower: 1, raise: 2, unlimited: null }, maxDurationSeconds: 2 * HOUR });
  const prefix = freshPrefix();
  const bot = await startBot(arn, world, prefix);
  const executions = { pending: startExecution(), waiting: startExecution(), granted: startExecution() };
  const granted = idOf(await bot.ask({ execution: arnOf(executions.granted), durationSeconds: HOUR }));
  await bot.review(granted, 'U0LEAD');
  await bot.work();
  await bot.ask({ execution: arnOf(executions.pending), ...to(500), durationSeconds: HOUR });
  const waiting = idOf(await bot.ask({ execution: arnOf(executions.waiting), ...to(60) }));
  await bot.review(waiting, 'U0LEAD');
  // It reads the log first after the key is gone, as one that starts then.
  const fresh = await startBot(arn, world, prefix);
  return { world, prefix, bots: [bot, fresh] as const, executions };
}

/** The kinds of keys that there are by then; the last parts differ from run to run. */
async function keysOf(bot: Bot, prefix: string): Promise<string[]> {
  const found = await bot.redis.keys(`{${prefix}}:*`);
  return found.sort();
}

describe.each(['deleted', 'renamed'] as const)('a key of the bot that is %s', (how) => {
  it('never leads to a rate that nobody approved', async () => {
    let place = 0;
    for (let count = 1; place < count; place++) {
      const { world, prefix, bots, executions } = await setUp();
      const [bot] = bots;
      const keys = await keysOf(bot, prefix);
      count = keys.length;
      const key = keys[place] ?? '';
      const next = keys[(place + 1) % keys.length] ?? '';
      if (how === 'deleted') await bot.redis.del(key);
      else await bot.redis.rename(key, next);
      for (const seconds of [1, HOUR, 20]) {
        world.seconds += seconds;
        for (const one of bots) await workAll(one);
      }
      for (const [name, execution] of Object.entries(executions)) {
        const allowed = ALLOWED[name as keyof typeof ALLOWED] as number[];
        const rates = sent(execution);
        expect(allowed.slice(0, rates.length), `${how} ${key}: ${name}`).toEqual(rates);
      }
      for (const one of bots) one.close();
    }
    expect(place).toBeGreaterThan(20);
  }, 600_000);
});
