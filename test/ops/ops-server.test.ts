import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/logging/logger.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { type OpsServer, type ReadinessCheck, startOpsServer } from '../../src/ops/ops-server.ts';
import { createReadinessReport } from '../../src/ops/readiness-report.ts';

let ops: OpsServer | undefined;
let lines: string[] = [];

async function start(
  checks: ReadinessCheck[] = [],
  metrics: Parameters<typeof startOpsServer>[0]['metrics'] = createMetrics({
    countOpenRequests: async () => 0,
  }).registry,
) {
  lines = [];
  const log = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });
  const readiness = createReadinessReport(checks, log).now;
  ops = await startOpsServer({ port: 0, host: '127.0.0.1', readiness, metrics, log });
  const base = `http://127.0.0.1:${ops.port}`;
  return (path: string, method = 'GET') => fetch(base + path, { method, headers: { connection: 'close' } });
}

afterEach(async () => {
  await ops?.stop();
  ops = undefined;
});

const check = (name: string, judge: ReadinessCheck['judge']): ReadinessCheck => ({ name, judge });
const ok = check('redis', () => ({ state: 'ok', detail: 'answers' }));
const warn = check('policy', () => ({ state: 'warn', detail: 'another digest' }));
const fail = check('slack', () => ({ state: 'fail', detail: 'token revoked' }));

describe('startOpsServer', () => {
  it('is alive', async () => {
    const get = await start([fail]);
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/healthz?probe=1')).status).toBe(200);
  });

  it('is ready while nothing fails, a warning or not', async () => {
    const get = await start([ok, warn]);
    const response = await get('/readyz');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      ready: true,
      checks: [
        { name: 'redis', state: 'ok', detail: 'answers' },
        { name: 'policy', state: 'warn', detail: 'another digest' },
      ],
    });
  });

  it('is not ready when one fails', async () => {
    const response = await (await start([ok, fail]))('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ ready: false, checks: [{ state: 'ok' }, { state: 'fail' }] });
  });

  it('says nothing of an error but that there is one', async () => {
    const throws = check('a', () => {
      throw new Error('hidden');
    });
    const response = await (await start([throws]))('/readyz');
    const text = await response.text();
    expect(response.status).toBe(503);
    expect(text).not.toContain('hidden');
    expect(JSON.parse(text).checks).toMatchObject([{ detail: 'failed, see the log' }]);
    expect(lines).toHaveLength(1);
  });

  it("shows Node's metrics and the bot's", async () => {
    let open: () => Promise<number> = async () => 3;
    const metrics = createMetrics({ countOpenRequests: () => open() });
    metrics.awsCalls.inc({ operation: 'UpdateTaskExecution', outcome: 'ok' });
    metrics.interactionAck.observe({ kind: 'command' }, 0.02);
    const get = await start([], metrics.registry);
    const response = await get('/metrics');
    const text = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain('datasync_throttle_aws_calls_total{operation="UpdateTaskExecution",outcome="ok"} 1');
    expect(text).toContain('datasync_throttle_interaction_ack_seconds_bucket{le="0.025",kind="command"} 1');
    expect(text).toContain('datasync_throttle_open_requests 3');
    expect(text).toContain('process_cpu_seconds_total');
    open = () => Promise.reject(new Error('Redis is away'));
    expect(await (await get('/metrics')).text()).toContain('datasync_throttle_open_requests Nan');
  });

  it('answers HEAD without a body, and no other method', async () => {
    const get = await start([ok]);
    const head = await get('/readyz', 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0);
    const post = await get('/healthz', 'POST');
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it.each(['/', '/nothing', '/healthz/', '/constructor', '/__proto__'])('knows no page %s', async (path) => {
    expect((await (await start())(path)).status).toBe(404);
  });

  it('answers 500 and logs when a page fails', async () => {
    const broken = { contentType: 'text/plain', metrics: async () => Promise.reject(new Error('hidden')) };
    const response = await (await start([], broken))('/metrics');
    expect([response.status, await response.text()]).toEqual([500, '{"error":"failed, see the log"}\n']);
    expect(lines.join('')).toContain('an ops page failed');
  });

  it('refuses a port in use', async () => {
    await start();
    const again = startOpsServer({
      port: ops?.port ?? 0,
      host: '127.0.0.1',
      readiness: createReadinessReport([], createLogger({ level: 'error' })).now,
      metrics: createMetrics({ countOpenRequests: async () => 0 }).registry,
      log: createLogger({ level: 'error' }),
    });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('stops at once, even with open connections', async () => {
    await start();
    const socket = connect(ops?.port ?? 0, '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await ops?.stop();
    await closed;
  });
});
