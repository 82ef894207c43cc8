import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach } from 'vitest';
import { type JsonObject, parsed } from '../../../slack/json.ts';
import { type LocalSlack, startSlack } from '../../../slack/local-slack.ts';
import type { SlackView } from '../../../slack/views.ts';

/** A bot of bare HTTP, that answers what the test says, and keeps what it got. */
interface BareBot {
  readonly got: { headers: IncomingMessage['headers']; body: string; fields: URLSearchParams }[];
  answer: { status: number; body: string };
  readonly url: string;
  readonly server: Server;
}

async function bareBot(): Promise<BareBot> {
  const bot = { got: [] as BareBot['got'], answer: { status: 200, body: '' } };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      bot.got.push({ headers: request.headers, body, fields: new URLSearchParams(body) });
      if (bot.answer.status === 0) return;
      response.writeHead(bot.answer.status).end(bot.answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(bot, { url: `http://127.0.0.1:${port}/slack/events`, server });
}

let now = Date.now();
export let slack: LocalSlack;
export let bot: BareBot;
export let client: WebClient;

/** Each test has a Slack of its own, with a bot of bare HTTP behind it. */
export function givenBareBot(): void {
  beforeEach(async () => {
    now = Date.now();
    slack = await startSlack({ now: () => now, ackMs: 2000 });
    bot = await bareBot();
    slack.connectBot({ requestUrl: bot.url });
    client = new WebClient(slack.seed.app.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  });
  afterEach(async () => {
    bot.server.closeAllConnections();
    bot.server.close();
    await slack.stop();
  });
}

export function passTime(ms: number): void {
  now += ms;
}

export const plain = (text: string) => ({ type: 'plain_text' as const, text });
const blocks = [
  {
    type: 'input' as const,
    block_id: 'rate',
    label: plain('Rate'),
    element: { type: 'plain_text_input' as const, action_id: 'rate', initial_value: '1', max_length: 5 },
  },
  {
    type: 'input' as const,
    block_id: 'way',
    optional: true,
    label: plain('Way'),
    element: {
      type: 'static_select' as const,
      action_id: 'way',
      options: [
        { text: plain('Up'), value: 'up' },
        { text: plain('Down'), value: 'down' },
      ],
    },
  },
];
export const modal = (title = 'One') => ({
  type: 'modal' as const,
  title: plain(title),
  submit: plain('Send'),
  blocks,
});
export const olga = () => slack.as('U0OPER');
export async function openModal(): Promise<SlackView> {
  const { triggerId } = await olga().command('C0OPS', '/datasync-throttle');
  await client.views.open({ trigger_id: triggerId, view: modal() });
  const view = olga().views().at(-1);
  if (view === undefined) throw new Error('no view');
  return view;
}
export const lastPayload = (): JsonObject => parsed(bot.got.at(-1)?.fields.get('payload') ?? '') as JsonObject;
