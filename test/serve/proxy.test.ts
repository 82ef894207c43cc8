import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createExecutions } from '../../src/aws/executions.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { countingFetch } from '../../src/ops/counted-calls.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { createClients } from '../../src/slack/connection/clients.ts';
import { socketListening } from '../../src/slack/connection/receivers.ts';
import { fetchThrough, slackProxy } from '../../src/slack/connection/slack-proxy.ts';
import type { Access } from '../../src/workflow/ports/executions.ts';
import { ACCOUNT, arnOf, REGION, ROLE, startAws } from '../aws/aws-environment.ts';
import { type ConnectProxy, startConnectProxy } from './connect-proxy.ts';

const ARN = `arn:aws:datasync:${REGION}:${ACCOUNT}:task/task-0123456789abcdef0/execution/exec-0123456789abcdef0`;
const READ: Access = { role: null, session: { kind: 'read' } };
const AS_ROLE: Access = { role: ROLE, session: { kind: 'read' } };
const DATASYNC = `datasync.${REGION}.amazonaws.com:443`;
const STS = `sts.${REGION}.amazonaws.com:443`;
const log = createLogger({ level: 'silent' });
const ends: (() => unknown)[] = [];

let proxy: ConnectProxy;
beforeEach(async () => {
  proxy = await startConnectProxy('who:pass%20word@');
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await proxy.stop();
  vi.unstubAllEnvs();
});

function executions(noProxy = '') {
  const made = createExecutions({ clock: { now: () => new Date() }, proxy: { url: proxy.url, noProxy } });
  ends.push(() => made.close());
  return made;
}

function realAws() {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_ENDPOINT_URL_DATASYNC', '');
  vi.stubEnv('AWS_ENDPOINT_URL_STS', '');
}

describe('with HTTPS_PROXY', () => {
  it('DataSync is asked through it, with its credentials, and what it refuses is told as that', async () => {
    realAws();
    const fault = await executions()
      .describe(arnOf(ARN), READ)
      .catch((error: unknown) => error);
    expect(fault).toMatchObject({ kind: 'proxy', said: expect.stringContaining('403') });
    expect(String(fault)).not.toContain('pass');
    expect(proxy.asked).toContainEqual({ to: DATASYNC, credentials: 'who:pass word' });
  });

  it('STS too', async () => {
    realAws();
    await expect(executions().describe(arnOf(ARN), AS_ROLE)).rejects.toMatchObject({
      kind: 'proxy',
      operation: 'sts:AssumeRole',
    });
    expect(proxy.asked.map(({ to }) => to)).toContain(STS);
  });

  it('hosts of NO_PROXY are asked directly', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_ENDPOINT_URL_DATASYNC', 'https://aws.nowhere.invalid');
    for (const noProxy of ['nowhere.invalid', '.nowhere.invalid', 'x.invalid, aws.nowhere.invalid', '*']) {
      await expect(executions(noProxy).describe(arnOf(ARN), READ)).rejects.toMatchObject({ kind: 'unresolved' });
    }
    expect(proxy.asked).toEqual([]);
  });

  it('an http endpoint is asked directly', async () => {
    const aws = await startAws();
    ends.push(() => aws.stop());
    const task = aws.addTask({ name: 'nightly', account: ACCOUNT, region: REGION });
    const arn = arnOf(aws.startExecution(task, { bytes: 1e9, status: 'TRANSFERRING' }));
    expect((await executions().describe(arn, AS_ROLE)).status).toBe('TRANSFERRING');
    expect(proxy.asked).toEqual([]);
  });

  it('Slack’s Web API is asked through it, but for hosts of NO_PROXY', async () => {
    const clientsBy = (noProxy: string) => {
      const dispatcher = slackProxy({ url: proxy.url, noProxy });
      ends.push(() => dispatcher?.destroy());
      return createClients(
        'xoxb-1',
        'https://slack.invalid/api/',
        log,
        countingFetch(metrics, fetchThrough(dispatcher)),
      );
    };
    const metrics = createMetrics({ countOpenRequests: async () => 0 });
    await expect(clientsBy('slack.invalid').interactive.auth.test()).rejects.toThrow();
    expect(proxy.asked).toEqual([]);
    await expect(clientsBy('').interactive.auth.test()).rejects.toThrow();
    expect(proxy.asked).toContainEqual({ to: 'slack.invalid:443', credentials: 'who:pass word' });
  });

  it('a file goes to Slack whole by that way', async () => {
    let body = '';
    const server = createServer((request, response) => {
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => response.end('ok'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => server.close());
    const dispatcher = slackProxy({ url: proxy.url, noProxy: '' });
    ends.push(() => dispatcher?.destroy());
    const form = new FormData();
    form.append('file', new Blob(['the audit log']), 'audit.jsonl');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await fetchThrough(dispatcher)(url, { method: 'POST', body: form });
    expect(body).toMatch(/filename="audit\.jsonl"[\s\S]*the audit log/);
  });

  it('Socket Mode’s web socket is opened through it', async () => {
    const api = createServer((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ok: true, url: 'wss://wss.slack.invalid/link/?ticket=1' }));
    }).listen(0, '127.0.0.1');
    await once(api, 'listening');
    ends.push(() => api.close());
    const dispatcher = slackProxy({ url: proxy.url, noProxy: '' });
    ends.push(() => dispatcher?.destroy());
    const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}/api/`;
    const listening = socketListening('xapp-1', apiUrl, dispatcher, log);
    new App({ receiver: listening.receiver, authorize: async () => ({}) });
    void listening.start().catch(() => undefined);
    await proxy.until('wss.slack.invalid:443');
    await listening.stop();
  });
});
