import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InjectedFault } from '../datasync/injected-faults.ts';
import { startWorld, type World } from '../local-world.ts';
import { type GivenRedis, type LocalRedis, startRedis } from '../redis.ts';
import { isObject, objects } from '../slack/json.ts';
import type { LocalSlack } from '../slack/local-slack.ts';
import { usersIn } from '../slack/seed.ts';
import { openOnDesktop } from './desktop.ts';
import { styled } from './ink.ts';
import type { Reader } from './mrkdwn.ts';
import { rateWords } from './rate-meter.ts';
import { POLICY, policyWithLink, setScene } from './scene.ts';
import { playStory } from './story.ts';
import { openTerminal, type TerminalFds } from './terminal.ts';
import { createTranscript, StepFailed, type Transcript } from './transcript.ts';

export interface StageOptions {
  once: boolean;
  /** Where this process's own stdout goes, and with it the bot's log. */
  logFile: string;
  /** Where it will be found once a demo has failed. */
  failedLog: string;
  fds: TerminalFds;
}

/** By itself every part ends within this; then the process ends all the same. */
const STOP_WITHIN_MS = 15_000;
const FAULTS = ['deny', 'throttle', 'internal', 'html503', 'reset', 'rejected', 'ignored-update'] as const;

/** Starts everything, plays the story, stays up unless `once`, stops everything. Resolves with the exit code. */
export async function runStage({ once, logFile, failedLog, fds }: StageOptions): Promise<number> {
  const terminal = openTerminal(fds, process.env);
  const stop = stopRequested(terminal.gone);
  const closers: (() => Promise<unknown>)[] = [];
  // What a helper library throws in the background must not end in silence: stderr is the log file.
  process.on('uncaughtException', (fault) => {
    console.error(fault);
    terminal.fault(`The demo broke off: ${fault.message}. More of it is in ${failedLog}`);
    process.exit(1);
  });
  const show = perform({ once, logFile, terminal, closers, stop });
  const ended = await Promise.race([
    show.then(
      () => 'over' as const,
      (fault: unknown) => ({ fault }),
    ),
    stop.then(() => 'stopped' as const),
  ]);
  show.catch(() => {});
  if (typeof ended === 'object') terminal.fault(faultWords(ended.fault, failedLog));
  if (ended === 'stopped') terminal.write('\nStopping …\n');
  const closing = closeAll(closers).then(() => true);
  if (!(await Promise.race([closing, sleep(STOP_WITHIN_MS, false, { ref: false })]))) {
    terminal.fault('Not everything stopped in time; it ends with this process.');
  }
  if (ended === 'stopped') terminal.write('Everything is stopped, and nothing is left behind.\n');
  if (typeof ended === 'object') return 1;
  // Whoever interrupts --once has not seen all of it happen.
  return ended === 'stopped' && once ? 130 : 0;
}

interface Performance extends Omit<StageOptions, 'fds' | 'failedLog'> {
  terminal: ReturnType<typeof openTerminal>;
  closers: (() => Promise<unknown>)[];
  stop: Promise<void>;
}

async function perform({ once, logFile, terminal, closers, stop }: Performance): Promise<void> {
  const began = performance.now();
  const fault = wantedFault(process.env.DEMO_AWS_FAULT);
  const redis = await startRedis();
  closers.push(() => redis.close());
  const env = { LOG_LEVEL: process.env.LOG_LEVEL || 'info' };
  const users = usersIn(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const world = await startWorld({ redisUrl: redis.url, policy: POLICY, env, slack: { seed: { users } } });
  closers.push(() => world.stop());
  const { star, wire } = setScene(world.aws);
  await writeFile(world.policyFile, policyWithLink(wire));
  if (fault) world.aws.fail(fault);
  const bot = await world.startBot();
  await readyOrThrow(bot.opsPort, redis);
  const transcript = createTranscript({ ...terminal, reader: readerOf(world.slack) });
  introduce(transcript, { redis, world, port: bot.port, logFile });
  await playStory({ world, star, transcript });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  transcript.line(styled(`All of it happened: ${transcript.checks()} checks, ${seconds} s.`, 'bold', 'good'));
  if (once) return;
  const { startPage } = await import('../page/start-page.ts');
  const page = await startPage({ world, redis });
  closers.push(() => page.stop());
  transcript.line();
  transcript.line(
    styled('Now you: ', 'bold') + styled(page.url, 'link') + styled('  (Ctrl-C stops everything)', 'dim'),
  );
  // A browser outlives the demo, and its temporary folder.
  const { TMPDIR: _ours, ...theirs } = process.env;
  openOnDesktop(page.url, theirs, process.platform);
  await stop;
}

function introduce(
  transcript: Transcript,
  {
    redis,
    world,
    port,
    logFile,
  }: { redis: LocalRedis | GivenRedis; world: World; port: number | null; logFile: string },
): void {
  const whose = redis.ours ? 'started for this demo' : `yours; keys under ${world.env.REDIS_KEY_PREFIX}`;
  const executions = world.aws.executions();
  transcript.line();
  transcript.line(`${styled('datasync-throttle', 'bold')}: who may slow a running AWS DataSync transfer, and who did`);
  transcript.words('Asked in Slack, agreed by a lead, set in AWS, read back, on record. All on this machine.', 'dim');
  transcript.line();
  transcript.fact('Redis', `${withoutPassword(redis.url)}, ${whose}`);
  transcript.fact('Slack', 'local; the operators Olga and Omar, the leads Lena and Luis, the auditor Ada');
  transcript.fact('AWS', `local; ${executions.length} DataSync executions in us-east-1 and eu-west-1`);
  for (const { name, capacity, tasks } of world.aws.wires()) {
    const names = executions.filter(({ taskArn }) => tasks.includes(taskArn)).map(({ taskName }) => taskName);
    transcript.fact('Link', `${name}, ${rateWords(capacity)}, shared by ${[...new Set(names)].join(', ')}`);
  }
  transcript.fact('Bot', `the real one, on port ${port}; its log: ${logFile}`);
  transcript.line();
}

/** The bot starts without Redis too, and waits for it; a demo that waits shows nothing. */
async function readyOrThrow(opsPort: number, redis: LocalRedis | GivenRedis): Promise<void> {
  const answer: unknown = await (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).json();
  const checks = isObject(answer) ? objects(answer.checks) : [];
  const failed = checks.filter(({ state }) => state === 'fail').map(({ name, detail }) => `${name}: ${detail}`);
  if (failed.length === 0) return;
  if (!redis.ours && failed.some((one) => one.startsWith('redis'))) {
    const url = withoutPassword(redis.url);
    throw new Error(
      `REDIS_URL names a Redis that does not answer (${url}): start it, or unset REDIS_URL to have one started here.`,
    );
  }
  throw new Error(`The bot is not ready: ${failed.join(', ')}.`);
}

/** Resolves at Ctrl-C, at a signal, when the launcher says so or is gone, and when nobody reads any more. */
function stopRequested(gone: Promise<void>): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    let interrupted = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        interrupted += 1;
        // The watcher of the local Redis ends it even then.
        if (interrupted > 1) process.exit(130);
        resolve();
      });
    }
    process.once('message', () => resolve());
    process.once('disconnect', () => resolve());
    process.channel?.unref();
  });
  return Promise.race([asked, gone]);
}

/** The last one opened closes first; one that fails keeps none of the others from closing. */
async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const close of [...closers].reverse()) await close().catch((fault: unknown) => console.error(fault));
}

function faultWords(fault: unknown, logFile: string): string {
  // Whole in the log, with what caused it.
  console.error(fault);
  const message = fault instanceof Error ? fault.message : String(fault);
  return fault instanceof StepFailed ? `${message}\nThe bot’s log: ${logFile}` : message;
}

function wantedFault(kind: string | undefined): InjectedFault | null {
  if (!kind) return null;
  const known = FAULTS.find((one) => one === kind);
  if (!known) throw new Error(`DEMO_AWS_FAULT is not one of ${FAULTS.join(', ')}.`);
  return { kind: known, operation: 'UpdateTaskExecution' };
}

function readerOf(slack: LocalSlack): Reader {
  return {
    user: (id) => slack.users().find((user) => user.id === id)?.name ?? id,
    group: (id) => slack.seed.groups.find((group) => group.id === id)?.handle ?? id,
    channel: (id) => slack.channels().find((channel) => channel.id === id)?.name ?? id,
    now: () => new Date(),
  };
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
