import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { freePort } from '../../sandbox/free-port.ts';
import { findOrInstallRedis } from '../../sandbox/redis-binary.ts';

/** A Redis, or a sentinel, with settings of its own. */
export interface RedisServer {
  port: number;
  /** For the test itself, past the bot's own connections. */
  admin: Redis;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

export interface RedisServerOptions {
  /** Lines of its configuration file. */
  settings?: (port: number) => string[];
  sentinel?: boolean;
  /** How the test itself gets in, where TLS or a password is asked for. */
  access?: Pick<RedisOptions, 'tls' | 'username' | 'password'>;
}

/** Starts one on a free loopback port, with its data in a fresh temporary folder. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const { command, env } = await findOrInstallRedis();
  const dir = await mkdtemp(join(tmpdir(), 'datasync-throttle-redis-'));
  // Between finding a free port and taking it somebody else may take it.
  for (let attempt = 1; ; attempt++) {
    const port = await freeNodePort();
    const file = join(dir, `${port}.conf`);
    const given = options.settings?.(port) ?? [];
    const own = given.some((line) => line.startsWith('port ')) ? [] : [`port ${port}`];
    await writeFile(file, ['bind 127.0.0.1', `dir ${dir}`, 'save ""', ...own, ...given, ''].join('\n'));
    const child = spawn(command, [file, ...(options.sentinel ? ['--sentinel'] : [])], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    const ended = once(child, 'exit').then(() => process.removeListener('exit', kill));
    const access = { replyMapping: 'legacy' as const, ...options.access };
    const admin = new Redis({
      ...access,
      port,
      host: '127.0.0.1',
      retryStrategy: () => 50,
      maxRetriesPerRequest: null,
    });
    admin.on('error', () => {});
    const answered = await Promise.race([admin.ping(), ended.then(() => null), sleep(30_000, null, { ref: false })]);
    if (answered === null) {
      admin.disconnect();
      kill();
      await ended;
      if (attempt < 5) continue;
      throw new Error('a Redis server of a test did not start');
    }
    return {
      port,
      admin,
      pause: () => void child.kill('SIGSTOP'),
      resume: () => void child.kill('SIGCONT'),
      close: async () => {
        admin.disconnect();
        kill();
        await ended;
        await rm(dir, { recursive: true, force: true });
      },
    };
  }
}

/** The link alone is not it: what is written within a second after it is up may still lie with the primary. */
async function inStep(primary: RedisServer, replica: RedisServer, key = 'in-step'): Promise<void> {
  await until(async () => (await replica.admin.info('replication')).includes('master_link_status:up'));
  await until(async () => {
    await primary.admin.set(key, '1');
    return (await primary.admin.wait(1, 1000)) === 1;
  });
}

/** A primary and its replica, in step. */
export async function startPair() {
  const settings = ['appendonly yes', 'repl-diskless-sync-delay 0'];
  const primary = await startRedisServer({ settings: () => settings });
  const replica = await startRedisServer({ settings: () => [...settings, `replicaof 127.0.0.1 ${primary.port}`] });
  await inStep(primary, replica);
  return { primary, replica, close: () => Promise.all([primary, replica].map((one) => one.close())) };
}

/** A primary and its replica, and one sentinel that knows them as `main` and fails over after a second. */
export async function startSentinelGroup() {
  const { primary, replica } = await startPair();
  const sentinel = await startRedisServer({
    sentinel: true,
    settings: () => [
      `sentinel monitor main 127.0.0.1 ${primary.port} 1`,
      'sentinel down-after-milliseconds main 1000',
      'sentinel failover-timeout main 10000',
    ],
  });
  await until(async () => ((await sentinel.admin.call('SENTINEL', 'replicas', 'main')) as unknown[]).length === 1);
  return {
    ...{ primary, replica, sentinel },
    url: `redis+sentinel://127.0.0.1:${sentinel.port}/main`,
    close: () => Promise.all([primary, replica, sentinel].map((one) => one.close())),
  };
}

/** Three primaries, each with a third of the slots, and a replica of the first. */
export async function startCluster() {
  const settings = () => [
    'cluster-enabled yes',
    'cluster-node-timeout 1500',
    'appendonly yes',
    'cluster-require-full-coverage no',
  ];
  const nodes = await Promise.all([1, 2, 3].map(() => startRedisServer({ settings })));
  const [first] = nodes;
  if (!first) throw new Error('no node');
  for (const [place, { admin, port }] of nodes.entries()) {
    await admin.call('CLUSTER', 'SET-CONFIG-EPOCH', place + 1);
    const from = Math.floor((place * 16_384) / 3);
    const to = Math.floor(((place + 1) * 16_384) / 3) - 1;
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
    if (place > 0) await first.admin.call('CLUSTER', 'MEET', '127.0.0.1', port);
  }
  for (const { admin } of nodes)
    await until(async () => {
      const info = String(await admin.call('CLUSTER', 'INFO'));
      return info.includes('cluster_state:ok') && info.includes('cluster_slots_ok:16384');
    });
  const replica = await startRedisServer({ settings });
  await replica.admin.call('CLUSTER', 'MEET', '127.0.0.1', first.port);
  const firstId = String(await first.admin.call('CLUSTER', 'MYID'));
  await until(async () => (await replica.admin.call('CLUSTER', 'REPLICATE', firstId)) === 'OK');
  const prefix = await ownedBy(first);
  await inStep(first, replica, prefix);
  return {
    ...{ first, replica },
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    /** A key prefix whose slot the first has. */
    prefix,
    close: () => Promise.all([...nodes, replica].map((one) => one.close())),
  };
}

/** A key whose slot the first of three nodes has. */
async function ownedBy({ admin }: RedisServer): Promise<string> {
  for (let number = 0; ; number++) {
    const slot = Number(await admin.call('CLUSTER', 'KEYSLOT', `test-${number}`));
    if (slot < Math.floor(16_384 / 3)) return `test-${number}`;
  }
}

/** Asks until it is so. A fault counts as no. */
export async function until(look: () => Promise<boolean>, withinMs = 60_000): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    if (await look().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`it did not come to be so within ${withinMs} ms: ${look}`);
    await sleep(50);
  }
}

/** A Cluster node's bus listens 10,000 above its port. */
async function freeNodePort(): Promise<number> {
  const port = await freePort();
  return port > 55_000 ? port - 10_000 : port;
}
