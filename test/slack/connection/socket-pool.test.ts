import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, SocketModeReceiver } from '@slack/bolt';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalSlack, startSlack } from '../../../sandbox/slack/local-slack.ts';
import { boltLogger, createLogger } from '../../../src/logging/logger.ts';
import { createSocketPool } from '../../../src/slack/connection/socket-pool.ts';

const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const PATIENCE = { timeout: 40_000, interval: 20 };
const log = createLogger({ level: 'fatal', secrets: [] });

/** A bot that does nothing but acknowledge. */
async function pool(options: { staggerMs?: number } = {}) {
  const slack = await startSlack();
  ended.push(() => slack.stop());
  const { appToken, botToken } = slack.seed.app;
  let made = 0;
  const make = () => {
    made += 1;
    return new SocketModeReceiver({
      appToken,
      logger: boltLogger(log),
      autoReconnectEnabled: false,
      installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } } },
    });
  };
  const held = createSocketPool({ make, log, size: 2, ...options });
  const app = new App({
    receiver: held,
    logger: boltLogger(log),
    convoStore: false,
    authorize: async () => ({ botToken, botId: 'B0DST' }),
  });
  app.command(/.*/, ({ ack }) => ack());
  await held.start();
  ended.push(() => held.stop());
  await slack.until(() => slack.connections() === 2);
  return { slack, held, made: () => made };
}

const command = async (slack: LocalSlack) => (await slack.as('U0OPER').command('C0OPS', '/datasync-throttle')).status;

/** The fewest connections at any time until so many were closed, and what each command meanwhile was answered with. */
async function until(slack: LocalSlack, closed: number) {
  let fewest = slack.connections();
  let left = closed;
  const end = slack.on('change', ({ what, id }) => {
    fewest = Math.min(fewest, slack.connections());
    if (what === 'socket' && id === 'closed') left -= 1;
  });
  const statuses: number[] = [];
  while (left > 0) statuses.push(await command(slack));
  end();
  return { fewest, statuses };
}

describe('connections of Socket Mode', () => {
  it('that Slack renews at one time are never all closed: nothing that people do in between is lost', async () => {
    const { slack, held, made } = await pool();
    slack.refreshSockets();
    const { fewest, statuses } = await until(slack, 2);
    expect(fewest).toBeGreaterThanOrEqual(2);
    expect(made()).toBe(4);
    await expect.poll(() => held.state(), PATIENCE).toEqual({ kind: 'socket', connected: 2, noneForMs: 0 });
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(statuses.length).toBeGreaterThan(10);
    expect(slack.failures).toEqual([]);
  });

  it('that are cut come back, each by itself', async () => {
    const { slack, held } = await pool();
    slack.dropSockets();
    await slack.until(() => slack.connections() === 0);
    await expect.poll(() => held.state().connected, PATIENCE).toBe(2);
    expect(await command(slack)).toBe(200);
  });

  it('come back when Slack opens none for a while', async () => {
    const { slack, held } = await pool();
    slack.outage({ kind: 'error', methods: ['apps.connections.open'], times: 3 });
    slack.dropSockets();
    await expect.poll(() => held.state().connected, PATIENCE).toBe(0);
    await expect.poll(() => held.state(), PATIENCE).toEqual({ kind: 'socket', connected: 2, noneForMs: 0 });
  });

  it('are of different ages: the second is renewed by itself once', async () => {
    const { slack, made } = await pool({ staggerMs: 300 });
    const { fewest } = await until(slack, 1);
    expect(fewest).toBeGreaterThanOrEqual(2);
    expect(made()).toBe(3);
    slack.refreshSockets();
    await expect.poll(made, PATIENCE).toBe(5);
  });

  it('end at a stop, and stay so', async () => {
    const { slack, held } = await pool();
    await held.stop();
    await slack.until(() => slack.connections() === 0);
  });

  it('that can not be opened at the start are a fault', async () => {
    const { slack, held } = await pool();
    await held.stop();
    slack.outage({ kind: 'error', error: 'invalid_auth', methods: ['apps.connections.open'] });
    await expect(held.start()).rejects.toThrow('invalid_auth');
  });

  it('that are closed before Slack greets them are a fault with words', async () => {
    const slack = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      // Nothing listens there.
      response.end(JSON.stringify({ ok: true, url: 'ws://127.0.0.1:1/' }));
    });
    await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve));
    ended.push(() => new Promise((resolve) => slack.close(resolve)));
    const { port } = slack.address() as AddressInfo;
    const make = () =>
      new SocketModeReceiver({
        appToken: 'xapp-1',
        logger: boltLogger(log),
        autoReconnectEnabled: false,
        installerOptions: { clientOptions: { slackApiUrl: `http://127.0.0.1:${port}/`, retryConfig: { retries: 0 } } },
      });
    const held = createSocketPool({ make, log, size: 1 });
    new App({ receiver: held, logger: boltLogger(log), convoStore: false, authorize: async () => ({}) });
    await expect(held.start()).rejects.toThrow('closed before Slack greeted it');
  });
});
