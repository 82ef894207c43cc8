import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { LOOPBACK } from '../../sandbox/local-world.ts';
import { type LocalSlack, startSlack } from '../../sandbox/slack/local-slack.ts';
import { ConfigurationError } from '../../src/config/configuration-error.ts';
import { serve } from '../../src/serve.ts';
import { KEY } from '../audit/log/log-fixture.ts';

let slack: LocalSlack;
let redis: Awaited<ReturnType<typeof startWaitingRedis>>;
beforeEach(async () => {
  slack = await startSlack();
  redis = await startWaitingRedis();
});
afterEach(async () => {
  await redis.stop();
  await slack.stop();
});

/** Starts the bot, on a Redis that answers nothing yet. */
function start() {
  const lines: string[] = [];
  const env = {
    ...slack.environment(),
    REDIS_URL: redis.url,
    REDIS_KEY_PREFIX: `t-${randomUUID().slice(0, 8)}`,
    AUDIT_KEYS: `k1:${KEY}`,
    POLICY_FILE: 'policy.example.yml',
    PORT: '0',
    OPS_PORT: '0',
  };
  const started = serve(env, { host: LOOPBACK, logTo: { write: (line) => void lines.push(line) } });
  return { started, lines };
}

const asked = (method: string) => () => slack.calls.some((call) => call.method === method);

describe('a start', () => {
  it('asks Slack who the bot is while it waits for Redis', async () => {
    const { started, lines } = start();
    await slack.until(asked('bots.info'));
    redis.answer();
    const bot = await started;
    await bot.stop();
    expect(lines.join('')).toContain('"policy.loaded"');
    // It would have waited for Redis in vain if it had asked Slack only afterwards.
    expect(lines.join('')).not.toContain('Redis does not answer yet');
  });

  it('that Slack refuses is over once Redis has answered', async () => {
    slack.outage({ kind: 'error', error: 'invalid_auth', methods: ['auth.test'] });
    const { started } = start();
    await slack.until(asked('auth.test'));
    redis.answer();
    await expect(started).rejects.toThrow(ConfigurationError);
    await expect(started).rejects.toThrow(/^Slack refuses SLACK_BOT_TOKEN: invalid_auth/);
  });
});

/** A way to the tests' Redis that takes connections, and lets nothing through before it is told to. */
async function startWaitingRedis() {
  const { hostname: host, port } = new URL(inject('redisUrl'));
  const opened = new AbortController();
  const sockets = new Set<Socket>();
  const kept = (socket: Socket) => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    kept(client);
    const forward = () => {
      const redis = kept(connect({ host, port: Number(port) }));
      client.pipe(redis).pipe(client);
    };
    if (opened.signal.aborted) forward();
    else opened.signal.addEventListener('abort', forward);
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('there is no port');
  return {
    url: `redis://${LOOPBACK}:${address.port}`,
    answer: () => opened.abort(),
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
