import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/read-config.ts';
import { serve } from '../../../src/serve.ts';
import { type Connection, connect, openConnection } from '../../../src/store/connection/connection.ts';
import { startTestWorld } from '../../whole-app/world.ts';
import { startRedisServer, until } from '../redis-servers.ts';
import { selfSigned } from '../self-signed.ts';

const PASSWORD = 'pa%ss-word';
const WRITTEN = encodeURIComponent(PASSWORD);

let folder: string;
const toEnd: (() => unknown)[] = [];
const local = selfSigned(['localhost', '127.0.0.1']);
const named = selfSigned(['localhost']);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-tls-'));
  await Promise.all([save('local', local), save('named', named)]);
});
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});
afterAll(() => rm(folder, { recursive: true }));

async function save(name: string, { cert, key }: { cert: string; key: string }) {
  await writeFile(join(folder, `${name}.pem`), cert);
  await writeFile(join(folder, `${name}.key`), key);
}

/** Settings of a server that speaks TLS alone. */
function encrypted(port: number, name = 'local'): string[] {
  const file = join(folder, name);
  return [
    ...['port 0', `tls-port ${port}`, 'tls-auth-clients no', 'tls-replication yes'],
    ...[`tls-cert-file ${file}.pem`, `tls-key-file ${file}.key`, `tls-ca-cert-file ${file}.pem`],
  ];
}

/** As the bot opens it from its environment, whatever comes of it. */
function open(url: string, more: Record<string, string> = {}): Connection {
  const env = {
    ...{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'a'.repeat(32), AUDIT_KEYS: `k:${'ab'.repeat(32)}` },
    ...{ REDIS_URL: url, REDIS_CA_FILE: join(folder, 'local.pem'), ...more },
  };
  const config = readConfig(env);
  if (!config.ok) throw new Error(JSON.stringify(config.problem));
  const connection = openConnection(config.value.redis.target, 'commands');
  connection.on('error', () => {});
  toEnd.push(() => connection.disconnect());
  return connection;
}

/** A plain socket that keeps what it is sent. */
async function startListener() {
  const heard = new Map<Socket, Buffer>();
  const server = createServer((socket) => {
    heard.set(socket, Buffer.of());
    socket.on('error', () => {});
    socket.on('data', (bytes) => heard.set(socket, Buffer.concat([heard.get(socket) ?? Buffer.of(), bytes])));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  toEnd.push(() => {
    for (const socket of heard.keys()) socket.destroy();
    server.close();
  });
  return { port: address.port, heard: () => [...heard.values()] };
}

const access = { tls: { ca: local.cert }, password: PASSWORD };
const TLS_HANDSHAKE = 0x16;

describe('rediss…', () => {
  it('reaches a single Redis over TLS, checked against the CA file', async () => {
    const settings = (port: number) => [...encrypted(port), `requirepass ${PASSWORD}`];
    const { port, close } = await startRedisServer({ settings, access });
    toEnd.push(close);
    const connection = open(`rediss://:${WRITTEN}@127.0.0.1:${port}/3`);
    await connect(connection, 10_000);
    expect(await connection.set('a', 'b')).toBe('OK');
    expect(String(await connection.client('INFO'))).toMatch(/ db=3 /);
    // Of another CA: not connected, whatever it says.
    await expect(
      connect(open(`rediss://:${WRITTEN}@127.0.0.1:${port}`, { REDIS_CA_FILE: join(folder, 'named.pem') }), 1000),
    ).rejects.toThrow('Redis does not answer');
  });

  it('reaches sentinels over TLS with a password of their own, and the primary that they name', async () => {
    const primary = await startRedisServer({
      settings: (port) => [...encrypted(port), `requirepass ${PASSWORD}`],
      access,
    });
    toEnd.push(primary.close);
    const sentinel = await startRedisServer({
      sentinel: true,
      settings: (port) => [
        ...encrypted(port),
        'requirepass watch-word',
        `sentinel monitor main 127.0.0.1 ${primary.port} 1`,
        `sentinel auth-pass main ${PASSWORD}`,
      ],
      access: { ...access, password: 'watch-word' },
    });
    toEnd.push(sentinel.close);
    const url = `rediss+sentinel://:${WRITTEN}@127.0.0.1:${sentinel.port}/main`;
    const connection = open(url, { REDIS_SENTINEL_PASSWORD: 'watch-word' });
    await connect(connection, 10_000);
    expect(await connection.set('a', 'b')).toBe('OK');
    // The one that listens for failovers is in, too.
    await until(async () => /sub=3/.test(String(await sentinel.admin.client('LIST'))));
  });

  it('reaches a Cluster by name, whose certificate is for the name', async () => {
    const node = await startRedisServer({
      settings: (port) => [
        ...encrypted(port, 'named'),
        ...['cluster-enabled yes', 'tls-cluster yes', 'cluster-announce-hostname localhost'],
        'cluster-preferred-endpoint-type hostname',
      ],
      access: { tls: { ca: named.cert, servername: 'localhost' } },
    });
    toEnd.push(node.close);
    await node.admin.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await until(async () => String(await node.admin.call('CLUSTER', 'INFO')).includes('cluster_state:ok'));
    const connection = open(`rediss+cluster://localhost:${node.port}`, { REDIS_CA_FILE: join(folder, 'named.pem') });
    await connect(connection, 10_000);
    expect(await connection.set('a', 'b')).toBe('OK');
  });

  it('ends the start where the certificate is not to be trusted, and says so', async () => {
    const { port, close } = await startRedisServer({ settings: encrypted, access: { tls: { ca: local.cert } } });
    toEnd.push(close);
    const world = await startTestWorld();
    toEnd.push(() => world.stop());
    const env = { ...world.env, REDIS_URL: `rediss://127.0.0.1:${port}`, REDIS_CA_FILE: join(folder, 'named.pem') };
    await expect(serve(env)).rejects.toThrow(/^REDIS_URL asks for TLS, which could not be set up: .*certificate/);
  });

  it.each(['rediss://', 'rediss+cluster://', 'rediss+sentinel://'])(
    'sends nothing in the clear to what does not speak TLS: %s',
    async (scheme) => {
      const { port, heard } = await startListener();
      const name = scheme.includes('sentinel') ? '/main' : '';
      const own = name ? { REDIS_SENTINEL_PASSWORD: 'watch-word' } : {};
      const connection = open(`${scheme}:${WRITTEN}@127.0.0.1:${port}${name}`, own);
      await expect(connect(connection, 1500)).rejects.toThrow('Redis does not answer');
      await until(async () => heard().some((bytes) => bytes[0] === TLS_HANDSHAKE));
      expect(heard().filter((bytes) => bytes.includes(PASSWORD) || bytes.includes('watch-word'))).toEqual([]);
    },
  );

  it('sends nothing in the clear to a primary that an encrypted sentinel names', async () => {
    const { port, heard } = await startListener();
    const sentinel = await startRedisServer({
      sentinel: true,
      // The sentinel itself speaks to the listener in the clear, and knows no password.
      settings: (own) => [...encrypted(own), 'tls-replication no', `sentinel monitor main 127.0.0.1 ${port} 1`],
      access: { tls: { ca: local.cert } },
    });
    toEnd.push(sentinel.close);
    const connection = open(`rediss+sentinel://:${WRITTEN}@127.0.0.1:${sentinel.port}/main`);
    await expect(connect(connection, 1500)).rejects.toThrow('Redis does not answer');
    await until(async () => heard().some((bytes) => bytes[0] === TLS_HANDSHAKE));
    expect(heard().filter((bytes) => bytes.includes(PASSWORD))).toEqual([]);
  });
});
