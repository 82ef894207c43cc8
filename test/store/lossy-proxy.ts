import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to Redis that loses what it is told to lose. */
export interface LossyProxy {
  url: string;
  /** `requests`: what is sent is kept back. `answers`: what is answered is dropped. Null: all goes through. */
  lose(what: 'requests' | 'answers' | null): void;
  /** What is connected now stays so and nothing more comes through, either way: what a middlebox does that forgot it. */
  forget(): void;
  /** Where those that connect from now on come to. */
  leadTo(redisUrl: string): void;
  /** Hands what was kept back to Redis at last, byte for byte, and resolves with Redis's answer. */
  deliverLate(): Promise<string>;
  /** Under which names work was taken from the outbox through it. */
  workers: ReadonlySet<string>;
  close(): Promise<void>;
}

/** A part of XREADGROUP, as it goes over the wire. */
const TAKING = /\r\nGROUP\r\n\$7\r\nworkers\r\n\$\d+\r\n([^\r]+)\r\n/g;

export async function startLossyProxy(redisUrl: string): Promise<LossyProxy> {
  let target = addressOf(redisUrl);
  const sockets = new Set<Socket>();
  let losing: 'requests' | 'answers' | null = null;
  let keptBack: Buffer[] = [];
  const workers = new Set<string>();

  const forgotten = new WeakSet<Socket>();

  const server = createServer((client) => {
    const redis = connect(target);
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        if (forgotten.has(socket)) return;
        client.destroy();
        redis.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (forgotten.has(client)) return;
      if (losing === 'requests') return void keptBack.push(bytes);
      for (const [, worker = ''] of String(bytes).matchAll(TAKING)) workers.add(worker);
      redis.write(bytes);
    });
    redis.on('data', (bytes) => {
      if (losing !== 'answers' && !forgotten.has(redis)) client.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');

  return {
    url: `redis://127.0.0.1:${address.port}`,
    lose: (what) => {
      losing = what;
    },
    forget: () => {
      for (const socket of sockets) forgotten.add(socket);
    },
    leadTo: (url) => {
      target = addressOf(url);
    },
    workers,
    deliverLate: async () => {
      const late = connect(target);
      for (const bytes of keptBack) late.write(bytes);
      keptBack = [];
      const [answer] = await once(late, 'data');
      late.destroy();
      return String(answer);
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

function addressOf(redisUrl: string) {
  const { hostname, port } = new URL(redisUrl);
  return { host: hostname, port: Number(port) };
}
