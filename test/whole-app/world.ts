import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import type { NewExecution, NewTask } from '../../sandbox/datasync/world.ts';
import { startWorld, type World, type WorldOptions } from '../../sandbox/local-world.ts';
import { visibleText } from '../../sandbox/slack/block-walk.ts';
import type { Submitted } from '../../sandbox/slack/people/person.ts';
import type { SlackView } from '../../sandbox/slack/views.ts';
import type { SlackMessage } from '../../sandbox/slack/workspace.ts';
import { type AuditRecord, readRecord } from '../../src/domain/audit/audit-record.ts';

export const ACCOUNT = '111122223333';
export const COMMAND = '/datasync-throttle';
export const OPERATOR = 'U0OPER';
export const LEAD = 'U0LEAD';
export const LEAD2 = 'U0LEAD2';

/** So generous that no test meets them by the way: a file asks more in a minute than a person does. */
export const LIMITS = 'limits: { perUser: 9000/min, perChannel: 9000/min, openPerUser: 900 }';

export const POLICY = `
version: 1
${LIMITS}
audit:
  readers: { users: [U0AUDIT, U0LEAD] }
rules:
  - name: production
    match: { accounts: ["${ACCOUNT}"], regions: [us-east-1, eu-west-1], channels: [C0OPS] }
    requesters: { groups: [S0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: { lower: 1, raise: 1, unlimited: 2 }
    rate: { min: 1MiB/s, max: 1GiB/s }
    maxDuration: 12h
    role: arn:aws:iam::${ACCOUNT}:role/datasync-throttle
`;

export const MiB = 1_048_576;
/** How the card of an open request begins. */
const OPEN = /^(?:Waiting for|Agreed|No approval needed|Sent to AWS)/;
/** Slack shows a failure after this long without a word. */
export const SLACK_WAITS_MS = 3000;

/** What one person alone was told by something that they did. */
interface Told {
  /** The first word, and when it came. */
  first: string;
  ms: number;
  /** What came of it: the first word, or the one after a "still checking". */
  text: string;
}

export interface TestWorld extends World {
  /** A running execution, limited to 100 MiB/s. */
  arn: string;
  /** Another one like it, of a task of its own. */
  execution(more?: Partial<NewTask & NewExecution>): string;
  /** The audit log but for `policy.loaded`, oldest first. */
  records(): Promise<AuditRecord[]>;
  /** The events of an execution's records, oldest first. */
  events(arn: string): Promise<string[]>;
  /** What the bots logged: by default fatal lines only. */
  logged: string[];
  /** The rates that were sent to AWS for an execution. */
  sent(arn: string): number[];
  /** Does something, and waits for what this person is told privately by it. */
  told(user: string, act: () => Promise<unknown>): Promise<Told>;
  /** The card of an execution's newest request. */
  card(arn: string, says?: string): Promise<SlackMessage>;
  /** The operator asks; the card. */
  ask(arn: string, words?: string): Promise<SlackMessage>;
  /** The answer in a card's thread, once it is there and the card says so too. */
  result(card: SlackMessage): Promise<SlackMessage>;
  /** Presses Review and waits for the modal, filled; `says` is in it then. */
  review(user: string, card: SlackMessage, says?: string): Promise<SlackView>;
  approve(user: string, card: SlackMessage): Promise<Submitted>;
}

/** A world with one running execution and one bot. */
export async function startTestWorld(options: Partial<WorldOptions> = {}): Promise<TestWorld> {
  const logged: string[] = [];
  const world = await startWorld({
    redisUrl: inject('redisUrl'),
    policy: POLICY,
    ...options,
    // Kept, not shown: a test that expects a fatal line takes it out, and any other is a fault.
    serve: { logTo: { write: (line) => logged.push(line) }, ...options.serve },
  });
  const { slack, aws } = world;
  await world.startBot();

  function execution({ bytes, status, bytesPerSecond, ...more }: Partial<NewTask & NewExecution> = {}): string {
    const task = aws.addTask({ name: 'nightly-archive', account: ACCOUNT, region: 'us-east-1', ...more });
    return aws.startExecution(task, {
      bytes: bytes ?? 2_000_000 * MiB,
      bytesPerSecond: bytesPerSecond ?? 100 * MiB,
      status: status ?? 'TRANSFERRING',
      ...more,
    });
  }

  async function records(): Promise<AuditRecord[]> {
    const log = await readLog(world);
    return log.map(({ bytes }) => readRecord(bytes)).filter(({ event }) => event !== 'policy.loaded');
  }

  const card = (arn: string, says = '') =>
    slack.until(() =>
      slack
        .messages()
        .findLast((one) => !one.thread_ts && shows(one, arn.slice(-22)) && shows(one, 'Request ') && shows(one, says)),
    );

  async function review(user: string, message: SlackMessage, says = 'Decision'): Promise<SlackView> {
    const person = slack.as(user);
    const before = new Set(person.views().map((view) => view.id));
    await person.click(message, 'review');
    return slack.until(() => person.views().find((view) => !before.has(view.id) && visibleText(view).includes(says)));
  }

  async function told(user: string, act: () => Promise<unknown>): Promise<Told> {
    const person = slack.as(user);
    const before = person.ephemerals().length;
    const from = performance.now();
    const acted = act();
    const first = visibleText(await slack.until(() => person.ephemerals()[before]));
    const ms = performance.now() - from;
    await acted;
    if (!first.startsWith('Still checking')) return { first, ms, text: first };
    const truth = await slack.until(() => person.ephemerals()[before + 1]);
    return { first, ms, text: visibleText(truth) };
  }

  const made: TestWorld = {
    ...world,
    execution,
    records,
    told,
    card,
    review,
    logged,
    arn: execution(),
    events: async (arn) => (await records()).filter((record) => record.execution === arn).map(({ event }) => event),
    sent: (arn) =>
      aws.calls
        .filter(({ operation, input }) => operation === 'UpdateTaskExecution' && input.TaskExecutionArn === arn)
        .map(({ input }) => (input.Options as { BytesPerSecond: number }).BytesPerSecond),
    async ask(arn, words = '50MiB/s') {
      await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} ${words}`));
      return card(arn);
    },
    async result({ channel, ts }) {
      const told = await slack.until(() => slack.thread(channel, ts)[1]);
      // The card is brought up to date beside it, and looks at AWS for that.
      await slack.until(() => !OPEN.test(slack.message(channel, ts)?.text ?? ''));
      return told;
    },
    async approve(user, message) {
      const modal = await review(user, message);
      return slack.as(user).submit(modal, { decision: 'approve' });
    },
  };
  return made;
}

/**
 * One world for the tests of a file, each of which takes an execution of its own. After each: nothing that Slack would
 * refuse was sent, nobody saw Slack's own failure, and no channel was woken.
 */
export function givenWorld(
  options: Partial<WorldOptions> = {},
  start: () => Promise<Partial<WorldOptions>> = async () => ({}),
) {
  let world: TestWorld | undefined;
  const current = () => {
    if (!world) throw new Error('no world yet');
    return world;
  };
  beforeAll(async () => {
    world = await startTestWorld({ ...options, ...(await start()) });
  });
  afterEach(() => {
    expectGoodManners(current());
  });
  afterAll(() => world?.stop());
  return current;
}

/** Nothing that Slack would refuse, no failure that a person saw, no channel woken, and no fatal line in the log. */
export function expectGoodManners({ slack, logged }: TestWorld): void {
  expect(logged).toEqual([]);
  expect(slack.breaches).toEqual([]);
  expect(slack.failures).toEqual([]);
  const woken = slack.notified.flatMap(({ called }) => called);
  expect(woken.filter((name) => ['channel', 'here', 'everyone'].includes(name))).toEqual([]);
}

export function shows(message: Parameters<typeof visibleText>[0], words: string): boolean {
  return visibleText(message).includes(words);
}

/** One entry of the stream `{prefix}:audit:log`, as it lies in Redis. */
export interface LogEntry {
  bytes: string;
  hash: Buffer;
  mac: Buffer;
  kid: string;
}

/** The audit log by its own bytes, past all code of the ledger. */
export async function readLog({ env }: Pick<World, 'env'>): Promise<LogEntry[]> {
  const redis = new Redis(env.REDIS_URL ?? '', { replyMapping: 'legacy' });
  try {
    const entries = await redis.xrangeBuffer(`{${env.REDIS_KEY_PREFIX}}:audit:log`, '-', '+');
    return entries.map(([, fields]) => {
      const of = (name: string) => fields[fields.findIndex((field) => String(field) === name) + 1] ?? Buffer.alloc(0);
      return { bytes: of('b').toString(), hash: of('h'), mac: of('m'), kid: of('k').toString() };
    });
  } finally {
    redis.disconnect();
  }
}
