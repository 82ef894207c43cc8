import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { freePort } from '../sandbox/free-port.ts';
import { startWorld, type World } from '../sandbox/local-world.ts';
import { startLocalRedis } from '../sandbox/redis.ts';

const OPEN = 500;
const AT_ONCE = 64;
const BATCH = 25;
const EVERY_MS = 50;
const WANTED_MS = 1000;
const MIB = 1_048_576;
const COMMAND = '/datasync-throttle';
const LIMITS = 'limits: { perUser: 9000/min, perChannel: 9000/min, openPerUser: 9000 }\n';
const POLICY = `rules:
  - name: production
    match: { accounts: ["111122223333"], regions: [us-east-1], channels: [C0OPS] }
    requesters: { groups: [S0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: 1
`;
const PEOPLE = ['U0OPER', 'U0OPER2', 'U0LEAD', 'U0LEAD2', 'U0AUDIT'];

/**
 * How long a command waits for its acknowledgement while 64 people look at the same time and 500 requests are open. With the
 * path of another build's `dist/main.js` that one is measured, for a comparison. Exit 1 where an ack takes a second.
 */
export async function bench([main]: string[]): Promise<number> {
  const redis = await startLocalRedis();
  const world = await startWorld({ redisUrl: redis.url, policy: `version: 1\n${main ? '' : LIMITS}${POLICY}` });
  const bot = await startBot(world, main ?? 'dist/main.js');
  try {
    process.stdout.write(`${OPEN} executions, a request for each …\n`);
    await openRequests(world);
    const rows = [];
    for (const words of ['help', 'list', 'requests']) {
      const acks = await acksDuring(world, bot.url, words);
      rows.push({
        [`${AT_ONCE} × at once`]: words,
        'answered within': `${Math.round(acks.answeredMs)} ms`,
        'acks meanwhile': acks.all.length,
        p50: `${Math.round(at(acks.all, 0.5))} ms`,
        max: `${Math.round(at(acks.all, 1))} ms`,
        wanted: `< ${WANTED_MS} ms`,
        good: at(acks.all, 1) < WANTED_MS,
      });
    }
    process.stdout.write(`${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
    return rows.every(({ good }) => good) ? 0 : 1;
  } finally {
    bot.child.kill('SIGTERM');
    await once(bot.child, 'exit');
    await world.stop();
    await redis.stop();
  }
}

async function startBot({ env, slack }: World, main: string): Promise<{ child: ChildProcess; url: string }> {
  const port = await freePort();
  const child = spawn(process.execPath, [main, 'serve'], {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}/slack/events`;
  slack.connectBot({ requestUrl: url });
  for (;;) {
    if (child.exitCode !== null) throw new Error('the bot did not start');
    if (await fetch(url).catch(() => null)) return { child, url };
    await sleep(50);
  }
}

async function openRequests({ slack, aws }: World): Promise<void> {
  const olga = slack.as('U0OPER');
  for (let nth = 0; nth < OPEN; nth++) {
    const task = aws.addTask({ name: `archive-${nth}`, account: '111122223333', region: 'us-east-1' });
    const arn = aws.startExecution(task, { bytes: 1e12, bytesPerSecond: 100 * MIB, status: 'TRANSFERRING' });
    void olga.command('C0OPS', COMMAND, `${arn} 50MiB/s`);
    if (nth % BATCH === BATCH - 1) await answered(slack, nth + 1, 'U0OPER');
  }
  await answered(slack, OPEN, 'U0OPER');
  // Some may have had a first word before the answer.
  await slack.until(() => slack.messages('C0OPS').length >= OPEN, { timeoutMs: 600_000 });
}

async function answered(slack: World['slack'], count: number, user: string): Promise<void> {
  await slack.until(() => slack.as(user).ephemerals().length >= count, { timeoutMs: 600_000 });
}

/** Acks of another person's commands while everybody sends the same words at once. */
async function acksDuring({ slack }: World, url: string, words: string) {
  const { app, team } = slack.seed;
  const fields = {
    ...{ command: COMMAND, user_id: 'U0LEAD', team_id: team.id, api_app_id: app.appId, channel_id: 'C0OPS' },
    response_url: `${slack.apiUrl}nowhere`,
  };
  const all: number[] = [];
  const workerData = { url, secret: app.signingSecret, fields, everyMs: EVERY_MS };
  const probe = new Worker(new URL('./ack-probe.ts', import.meta.url), { workerData });
  probe.on('message', (ms: number) => all.push(ms));
  await slack.until(() => all.length > 20, { timeoutMs: 60_000 });
  all.length = 0;
  const before = slack.ephemerals.length;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, (_, nth) =>
      slack.as(PEOPLE[nth % PEOPLE.length] ?? '').command('C0OPS', COMMAND, words),
    ),
  );
  await slack.until(() => slack.ephemerals.length >= before + AT_ONCE, { timeoutMs: 600_000 });
  const answeredMs = performance.now() - from;
  // What is still on its way when the last one is answered counts too.
  await sleep(1000);
  await probe.terminate();
  return { all, answeredMs };
}

function at(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;
}
