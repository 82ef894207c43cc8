import { afterEach, beforeEach, vi } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import type { Rule } from '../../src/domain/policy/policy.ts';
import type { ThrottleRequest } from '../../src/domain/request/throttle-request.ts';
import type { UndoOutcome } from '../../src/workflow/commands/undo-request.ts';
import { MIB } from '../domain/given.ts';
import { verifiedLog } from '../store/given-ledger.ts';
import { type Outside, outside } from './outside.ts';
import { type Bot, startAwsWithOne, startBot } from './start-bot.ts';

/** What a test has: AWS with one execution at 100 MiB/s, the world outside, and a bot. */
export interface Given {
  readonly aws: LocalDataSync;
  readonly arn: string;
  readonly world: Outside;
  readonly bot: Bot;
  /** Another bot on the same Redis and AWS. */
  another(): Promise<Bot>;
  /** The limit that AWS shows, in MiB/s. */
  limit(): number;
  /** The rates that were sent to AWS, in MiB/s. */
  sent(): number[];
}

/**
 * A bot of its own for each test of a file. After each test the audit log must verify. `prepare` changes the world before the
 * bot starts.
 */
export function givenBot(changes: Partial<Rule> = {}, prepare: (world: Outside) => void = () => {}): Given {
  let parts: { aws: LocalDataSync; arn: string; world: Outside; bots: [Bot, ...Bot[]] } | undefined;
  const now = () => {
    if (!parts) throw new Error('no test is running');
    return parts;
  };
  beforeEach(async () => {
    const { aws, arn } = await startAwsWithOne();
    const world = outside(changes);
    prepare(world);
    parts = { aws, arn, world, bots: [await startBot(arn, world)] };
  });
  afterEach(async () => {
    const { aws, bots } = now();
    await verifiedLog(bots[0]);
    for (const bot of bots) bot.close();
    await aws.stop();
    vi.unstubAllEnvs();
    parts = undefined;
  });
  return {
    get aws() {
      return now().aws;
    },
    get arn() {
      return now().arn;
    },
    get world() {
      return now().world;
    },
    get bot() {
      return now().bots[0];
    },
    async another() {
      const { arn, world, bots } = now();
      const bot = await startBot(arn, world, prefixOf(bots[0]));
      bots.push(bot);
      return bot;
    },
    limit: () => now().aws.execution(now().arn).bytesPerSecond / MIB,
    sent: () =>
      updates(now().aws).map(({ input }) => (input.Options as { BytesPerSecond: number }).BytesPerSecond / MIB),
  };
}

/** The prefix of a bot's keys in Redis. */
export function prefixOf({ keys }: Bot): string {
  return keys.head.slice(1, keys.head.indexOf('}'));
}

export function requestOf(asked: UndoOutcome): ThrottleRequest {
  if (asked.kind !== 'asked') throw new Error(JSON.stringify(asked));
  return asked.request;
}

/** The id of a new request. */
export function idOf(asked: UndoOutcome): string {
  return requestOf(asked).id;
}

/** Requested and approved, and not applied yet. */
export async function approved(bot: Bot): Promise<string> {
  const id = idOf(await bot.ask());
  const decided = await bot.review(id, 'U0LEAD');
  if (decided.kind !== 'decided' || decided.request.status !== 'approved') throw new Error(decided.kind);
  return id;
}

export function updates(aws: LocalDataSync) {
  return aws.calls.filter(({ operation }) => operation === 'UpdateTaskExecution');
}

/** Something that happens while AWS's answer to the bot's update is on its way. */
export function uponUpdate(aws: LocalDataSync, happens: () => void): void {
  const listener = () => {
    if (updates(aws).length === 0) return;
    aws.off('change', listener);
    happens();
  };
  aws.on('change', listener);
}

/** Something that happens between AWS's carrying out of the bot's next update and the bot's reading back. */
export function onceUpdated({ deps }: Bot, happens: () => unknown): void {
  const { update } = deps.executions;
  deps.executions = {
    ...deps.executions,
    update: async (...call) => {
      deps.executions = { ...deps.executions, update };
      const answer = await update(...call);
      await happens();
      return answer;
    },
  };
}
