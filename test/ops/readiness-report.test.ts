import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../src/logging/logger.ts';
import type { CheckState } from '../../src/ops/ops-server.ts';
import { createReadinessReport } from '../../src/ops/readiness-report.ts';

let stop = () => {};
afterEach(() => stop());

function given() {
  const states: Record<string, CheckState> = { redis: 'ok', clock: 'ok' };
  const lines: string[] = [];
  const log = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });
  const checks = Object.keys(states).map((name) => ({
    name,
    judge: () => ({ state: states[name] ?? ('ok' as const), detail: `${name} is ${states[name]}` }),
  }));
  const report = createReadinessReport(checks, log);
  stop = report.stop;
  const told = () => lines.splice(0).map((line): Record<string, unknown> => JSON.parse(line));
  return { states, report, told };
}

describe('what readiness logs', () => {
  it('is nothing before the start is over, and then the state', () => {
    const { states, report, told } = given();
    states.redis = 'fail';
    expect(report.now().ready).toBe(false);
    expect(told()).toEqual([]);
    states.redis = 'ok';
    report.begin({ port: 3000 });
    expect(told()).toMatchObject([{ level: 'info', msg: 'ready', port: 3000 }]);
  });

  it('is one line a change, however often it is probed', () => {
    const { states, report, told } = given();
    report.begin({});
    told();
    states.clock = 'fail';
    for (let number = 0; number < 50; number++) report.now();
    expect(told()).toMatchObject([{ level: 'error', msg: 'not ready', failed: { clock: 'clock is fail' } }]);
    states.redis = 'warn';
    states.clock = 'ok';
    report.now();
    expect(told()).toMatchObject([{ level: 'warn', msg: 'ready', warned: { redis: 'redis is warn' } }]);
    states.redis = 'ok';
    report.now();
    expect(told()).toMatchObject([{ level: 'info', msg: 'ready' }]);
  });

  it('comes without any probe', async () => {
    const { states, report, told } = given();
    report.begin({});
    told();
    states.redis = 'fail';
    await vi.waitFor(() => expect(told()).toMatchObject([{ msg: 'not ready' }]), { timeout: 20_000 });
  });
});
