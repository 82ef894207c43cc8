import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { type LocalSlack, startSlack } from '../../sandbox/slack/local-slack.ts';
import { verifyAudit } from '../../src/commands/audit/verify-audit.ts';
import { KEY, run } from '../audit/log/log-fixture.ts';
import { MAIN, ROOT } from '../command-line.ts';

let slack: LocalSlack;
beforeAll(async () => {
  slack = await startSlack();
});
afterAll(() => slack.stop());

describe('the bot as a process', () => {
  it('starts, reads its policy again on SIGHUP, and ends with 0 on SIGTERM, its log in order', async () => {
    const env = {
      ...slack.environment(),
      REDIS_URL: inject('redisUrl'),
      REDIS_KEY_PREFIX: `t-${randomUUID().slice(0, 8)}`,
      AUDIT_KEYS: `k1:${KEY}`,
      POLICY_FILE: 'policy.example.yml',
      PORT: '0',
      OPS_PORT: '0',
    };
    const child = spawn(process.execPath, [MAIN, 'serve'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'close');
    const heard: string[] = [];
    const recorded: unknown[] = [];
    for await (const line of createInterface(child.stdout)) {
      const { msg, event, seq } = JSON.parse(line) as { msg: string; event?: string; seq?: number };
      heard.push(msg);
      if (event) recorded.push([event, seq]);
      if (msg === 'ready') child.kill('SIGHUP');
      if (msg === 'policy loaded') child.kill('SIGTERM');
    }
    expect(await ended).toEqual([0, null]);
    expect(heard).toEqual(expect.arrayContaining(['ready', 'policy loaded', 'stopping', 'stopped']));
    expect(recorded).toEqual([['policy.loaded', 1]]);
    expect((await run(env, (terminal) => verifyAudit({}, terminal))).code).toBe(0);
  });
});
