import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Arrivals, trackArrivals } from '../../../src/slack/connection/arrival-times.ts';

/** Keeps the event loop from everything else. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const SENDER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { connect } = require('node:net');
  parentPort.on('message', () => {
    const client = connect(workerData.port, '127.0.0.1', () => client.end('x'));
    client.on('error', () => {});
  });
`;

/** The time between two looks at whether the loop is late, and what is not yet late. */
const COARSE_MS = 40;
let arrivals: Arrivals;
const server = createServer();
let port: number;

beforeAll(async () => {
  arrivals = trackArrivals();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as { port: number }).port;
});
afterAll(() => {
  arrivals.stop();
  server.close();
});

describe('when something arrived', () => {
  it('is not later than when the loop became too busy to see it, on an open connection', async () => {
    const client = connect(port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket];
    const arrivedAt = new Promise<number>((resolve) => socket.once('data', () => resolve(arrivals.arrivedAt())));
    const sent = performance.now();
    client.write('x');
    block(400);
    expect((await arrivedAt) - sent).toBeLessThanOrEqual(COARSE_MS);
    client.destroy();
  });

  it('and on a new one', async () => {
    // From a thread of its own, which connects while this one is busy.
    const sender = new Worker(SENDER, { eval: true, workerData: { port } });
    await once(sender, 'online');
    // On a busy machine it may come too late for one block, so it is tried again.
    await expect
      .poll(
        async () => {
          const arrivedAt = once(server, 'connection').then(
            ([socket]: Socket[]) =>
              new Promise<number>((resolve) => socket?.once('data', () => resolve(arrivals.arrivedAt()))),
          );
          await turn();
          const from = performance.now();
          sender.postMessage('send');
          block(400);
          return (await arrivedAt) - from;
        },
        { timeout: 20_000 },
      )
      .toBeLessThanOrEqual(COARSE_MS);
    await sender.terminate();
  });

  it('is behind the same when others are worked off first', async () => {
    const client = connect(port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket];
    const arrivedAt = new Promise<number>((resolve) =>
      socket.once('data', () => {
        const at = performance.now();
        block(300);
        resolve(arrivals.arrivedAt() - at);
      }),
    );
    client.write('x');
    expect(await arrivedAt).toBeLessThanOrEqual(COARSE_MS);
    client.destroy();
  });

  it('is now where the loop is not busy', async () => {
    await expect
      .poll(() => {
        const at = performance.now();
        return arrivals.arrivedAt() >= at;
      })
      .toBe(true);
  });
});
