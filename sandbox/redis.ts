import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { findOrInstallRedis, type RedisCommand } from './redis-binary.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A Redis that this process started, on a free loopback port, with its data in a fresh temporary folder. */
export interface LocalRedis {
  ours: true;
  url: string;
  port: number;
  dir: string;
  /** Orderly, as an operator would: what was written stays. */
  stop(): Promise<void>;
  /** Again on the same port with the same data; nothing happens if it runs. */
  start(): Promise<void>;
  /** SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Stops it and removes its data. */
  close(): Promise<void>;
}

/** The Redis that REDIS_URL names. It is somebody else's: it can be used, and neither stopped, killed nor emptied. */
export interface GivenRedis {
  ours: false;
  url: string;
  close(): Promise<void>;
}

const READY_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 10_000;

/** REDIS_URL as it is where that is set, else one of our own. Throws the one sentence of findOrInstallRedis. */
export async function startRedis(env: NodeJS.ProcessEnv = process.env): Promise<LocalRedis | GivenRedis> {
  if (env.REDIS_URL) return { ours: false, url: env.REDIS_URL, close: async () => {} };
  return startLocalRedis();
}

/** One of our own whatever the environment says, for whoever needs to stop or kill it. */
export async function startLocalRedis(): Promise<LocalRedis> {
  const redis = await findOrInstallRedis();
  const dir = temporaryFolder('redis');
  // Between finding a free port and taking it somebody else may take it.
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return localRedis(redis, port, dir, await launch(redis, port, dir));
    } catch (error) {
      if (attempt < 5 && error instanceof PortTaken) continue;
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }
}

function localRedis(redis: RedisCommand, port: number, dir: string, first: ChildProcess): LocalRedis {
  let child: ChildProcess | null = first;
  const end = async (signal: NodeJS.Signals) => {
    const ending = child;
    child = null;
    if (!ending || hasEnded(ending)) return;
    const exit = once(ending, 'exit');
    ending.kill('SIGCONT');
    ending.kill(signal);
    const late = setTimeout(() => ending.kill('SIGKILL'), STOP_WITHIN_MS);
    await exit;
    clearTimeout(late);
  };
  return {
    ours: true,
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start: async () => {
      if (child && !hasEnded(child)) return;
      child = await launch(redis, port, dir);
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    close: async () => {
      await end('SIGTERM');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

class PortTaken extends Error {}

async function launch(redis: RedisCommand, port: number, dir: string): Promise<ChildProcess> {
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--dir', dir, '--daemonize', 'no', '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'];
  const child = spawn(redis.command, [...settings, ...durable], {
    env: { ...process.env, ...redis.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that Ctrl-C in a terminal reaches us alone and we stop it in order.
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
  }
  const failure = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      const why = said.trim().split('\n').slice(-3).join(' / ');
      const taken = /Address already in use|Failed listening on port/.test(said);
      reject(new (taken ? PortTaken : Error)(`The local Redis ended at once (${code}): ${why}`));
    });
  });
  dieWithUs(child, dir);
  const stop = new AbortController();
  try {
    await Promise.race([failure, answers(port, stop.signal)]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    stop.abort();
    // It lives on past this race, and its end is no fault then.
    failure.catch(() => {});
  }
  // A test or a script that forgets to close it still ends.
  child.unref();
  for (const stream of [child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref();
  return child;
}

/**
 * The child must not outlive this process, however that ends: a watcher holds the other end of a pipe, which closes even
 * at a SIGKILL of ours, and then ends the server and removes its data.
 */
function dieWithUs(child: ChildProcess, dir: string): void {
  if (child.pid === undefined) return;
  const script = 'read _; kill -9 "$1" 2>/dev/null; rm -rf -- "$2"';
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', String(child.pid), dir], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  child.once('exit', () => {
    process.removeListener('exit', onExit);
    watcher.kill('SIGKILL');
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Until PING is answered by PONG: while it reads its file a Redis says LOADING. */
async function answers(port: number, signal: AbortSignal): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (!signal.aborted && Date.now() < until) {
    if (await ping(port)) return;
    await delay(15);
  }
  if (!signal.aborted) throw new Error(`The local Redis did not answer within ${READY_WITHIN_MS / 1000} s`);
}

function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => done(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => done(data.toString().startsWith('+PONG')));
    socket.once('error', () => done(false));
  });
}
