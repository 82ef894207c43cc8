import { once } from 'node:events';
import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { isObject, parsed, text } from '../../../slack/json.ts';
import { type LocalSlack, startSlack } from '../../../slack/local-slack.ts';

let slack: LocalSlack;
const open: WebSocket[] = [];
beforeEach(async () => {
  slack = await startSlack({ ackMs: 300 });
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.terminate();
  await slack.stop();
});

/** A connection that acknowledges each envelope with a payload, and keeps what came. */
async function connect(payload?: object) {
  const client = new WebClient(slack.seed.app.appToken, { slackApiUrl: slack.apiUrl });
  const { url = '' } = await client.apps.connections.open({});
  const socket = new WebSocket(url);
  open.push(socket);
  const got: Record<string, unknown>[] = [];
  socket.on('message', (data) => {
    const message = parsed(String(data));
    if (!isObject(message)) return;
    got.push(message);
    const id = text(message.envelope_id);
    if (id !== '') socket.send(JSON.stringify({ envelope_id: id, ...(payload ? { payload } : {}) }));
  });
  await once(socket, 'message');
  return { url, socket, got };
}

describe('Socket Mode', () => {
  it('greets, and carries commands with their answers', async () => {
    const { got } = await connect({ text: 'hello you' });
    expect(got[0]).toMatchObject({ type: 'hello', connection_info: { app_id: 'A0DST' }, num_connections: 1 });
    const sent = await slack.as('U0OPER').command('C0OPS', '/datasync-throttle', 'list');
    expect(sent).toMatchObject({ status: 200 });
    expect(got[1]).toMatchObject({
      accepts_response_payload: true,
      payload: { command: '/datasync-throttle', text: 'list' },
    });
    expect(slack.as('U0OPER').ephemerals()).toMatchObject([{ text: 'hello you' }]);
  });

  it('sends an envelope to one of several connections, and the same once more when asked', async () => {
    const [one, two] = [await connect(), await connect()];
    expect(slack.connections()).toBe(2);
    for (let turn = 0; turn < 4; turn += 1) await slack.as('U0OPER').command('C0OPS', '/datasync-throttle');
    const commands = [one, two].map(({ got }) => got.filter((message) => message.type === 'slash_commands').length);
    expect(commands).toEqual([2, 2]);
    await slack.redeliver();
    const triggers = [...one.got, ...two.got].map(({ payload }) => isObject(payload) && payload.trigger_id);
    expect(new Set(triggers.filter(Boolean)).size).toBe(4);
    expect(triggers.filter(Boolean)).toHaveLength(5);
  });

  it('asks for renewal, and can be cut', async () => {
    const { got, socket } = await connect();
    const asked = once(socket, 'message');
    slack.refreshSockets();
    await asked;
    expect(got.at(-1)).toMatchObject({ type: 'disconnect', reason: 'refresh_requested' });
    const closed = once(socket, 'close');
    slack.dropSockets();
    await closed;
    await slack.until(() => slack.connections() === 0);
  });

  it('takes each address once', async () => {
    const { url } = await connect();
    const again = new WebSocket(url);
    open.push(again);
    const [fault] = await once(again, 'error');
    expect(String(fault)).toContain('408');
  });
});
