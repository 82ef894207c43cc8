import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../sandbox/free-port.ts';
import { startWorld, type World } from '../../sandbox/local-world.ts';
import { startLocalRedis } from '../../sandbox/redis.ts';

export const COMMAND = '/datasync-throttle';
const LIMITS = 'limits: { perUser: 10000/min, perChannel: 10000/min, openPerUser: 9000 }\n';

/** An app as a process of its own, to which Slack's requests go from now on. */
export interface AppProcess {
  url: string;
  /** From its start until it was ready. */
  readyMs: number;
  /** Processor time that it has used. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** A world on this machine with a Redis of its own, and the rules of its policy. */
export async function withWorld<T>(rules: string, work: (world: World) => Promise<T>): Promise<T> {
  const redis = await startLocalRedis();
  try {
    const world = await startWorld({ redisUrl: redis.url, policy: `version: 1\n${LIMITS}${rules}` });
    return await work(world).finally(world.stop);
  } finally {
    await redis.close();
  }
}

/** The built bot. @param main of another build, for a comparison */
export function startBot(world: World, main = 'dist/main.js'): Promise<AppProcess> {
  return start(world, [main, 'serve'], (line) => line.includes('"msg":"ready"'));
}

/** A bare Bolt app. @param help what it answers by the response_url; nothing if it is empty */
export function startBareBolt(world: World, help = ''): Promise<AppProcess> {
  const script = fileURLToPath(new URL('./bare-bolt.mjs', import.meta.url));
  return start(
    world,
    (port) => [script, port, help],
    (line) => line === 'ready',
  );
}

async function start(
  { env, slack }: World,
  args: string[] | ((port: string) => string[]),
  isReady: (line: string) => boolean,
): Promise<AppProcess> {
  const port = String(await freePort());
  const began = performance.now();
  const child = spawn(process.execPath, typeof args === 'function' ? args(port) : args, {
    env: { ...process.env, ...env, PORT: port, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  child.once('close', () => process.removeListener('exit', onExit));
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      if (isReady(line)) resolve();
    });
    void ended.then(([code]) => reject(new Error(`the app ended with ${code}`)));
  });
  const readyMs = performance.now() - began;
  const url = `http://127.0.0.1:${port}/slack/events`;
  slack.connectBot({ requestUrl: url });
  return {
    url,
    readyMs,
    cpuMs: () => cpuMsOf(child.pid ?? 0),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** User and system time, which Linux counts in hundredths of a second. */
function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
