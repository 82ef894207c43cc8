import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { ROOT } from '../command-line.ts';

const DEMO = join(ROOT, 'dist/sandbox/demo.js');
const SLOW = 240_000;

/** What the demos leave behind on purpose, their logs, goes with it. */
const folder = mkdtempSync(join(tmpdir(), 'datasync-throttle-demos-'));
const running: ChildProcess[] = [];

afterAll(() => {
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

function start(args: string[], env: Record<string, string> = {}) {
  const { REDIS_URL: _own, NO_COLOR: _plain, ...rest } = process.env;
  const child = spawn(process.execPath, [DEMO, ...args], {
    env: { ...rest, TMPDIR: folder, CI: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return { child, ended: Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]) };
}

async function play(args: string[], env: Record<string, string> = {}) {
  const [out, err, [code]] = await start(args, env).ended;
  return { out, err, code };
}

/** Resolves with the text so far, once it has what is looked for. */
function said(child: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (wanted.test(out)) resolve(out);
    });
    child.once('exit', () => reject(new Error(`it ended without ${wanted}:\n${out}`)));
  });
}

// They mostly wait.
describe.concurrent('the demo', () => {
  it('plays the whole job on a Redis of its own, checks it and ends', { timeout: SLOW }, async () => {
    const { out, err, code } = await play(['--once'], { FORCE_COLOR: '1' });
    expect(err).toBe('');
    expect(code).toBe(0);
    for (const wanted of [
      /Olga › \/datasync-throttle arn:aws:datasync:us-east-1:111122223333:task/,
      /Waiting for 1 approval: photo-archive, 100 MiB\/s \(839 Mbit\/s\) → 50 MiB\/s \(419 Mbit\/s\)/,
      /Review the limit/,
      /UpdateTaskExecution +BytesPerSecond=52428800 +→ ok/,
      /DescribeTaskExecution +→ BytesPerSecond=52428800/,
      /In force: photo-archive is limited to 50 MiB\/s/,
      /\+\d\.\d s {2}█+░+ {2}50 MiB\/s/,
      /applied +the bot +104857600 → 52428800/,
      /The export is on record too, as number 6: verify finds that one as well\.[\s\S]* 6 records/,
      /integrity +ok/,
      /All of it happened: \d+ checks/,
    ]) {
      expect(out).toMatch(wanted);
    }
    // Where nobody watches: plain text, and nothing of the log in it.
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(out).not.toContain('\u001b');
    expect(out).not.toMatch(/^\{/m);
    expect(out).not.toMatch(/<[@!#]|:white_check_mark:|&lt;/);
  });

  it('names the step that did not happen, and fails', { timeout: SLOW }, async () => {
    const { out, err, code } = await play(['--once'], { REDIS_URL: inject('redisUrl'), DEMO_AWS_FAULT: 'deny' });
    expect(code).toBe(1);
    expect(out).toMatch(/UpdateTaskExecution .*→ AccessDeniedException/);
    expect(out).not.toContain('All of it happened');
    expect(err).toMatch(/Step 5 \(The bot sets it in AWS, and reads it back\) failed/);
  });

  it('says in one sentence that a given Redis does not answer', { timeout: SLOW }, async () => {
    const { out, err, code } = await play(['--once'], { REDIS_URL: 'redis://user:secret@127.0.0.1:1' });
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err.trim()).toMatch(/^REDIS_URL names a Redis that does not answer \(redis:\/\/127\.0\.0\.1:1\).*$/);
  });

  it('refuses what it does not know', { timeout: SLOW }, async () => {
    const { err, code } = await play(['--twice']);
    expect(code).toBe(1);
    expect(err).toContain('--twice');
    expect(err).toContain('--once');
  });

  it('stays up with a page, and stops everything in order at Ctrl-C', { timeout: SLOW }, async () => {
    const { child, ended } = start([]);
    const out = await said(child, /Now you: http\S+/);
    const page = /Now you: (http\S+)/.exec(out)?.[1] ?? '';
    const redis = /Redis +redis:\/\/(127\.0\.0\.1:\d+)/.exec(out)?.[1];
    expect((await fetch(page)).status).toBe(200);
    child.kill('SIGINT');
    const [, err, [code]] = await ended;
    expect(code).toBe(0);
    expect(err).toBe('');
    await expect(fetch(page)).rejects.toThrow();
    await expect(fetch(`http://${redis}`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  it('stops in the middle of the play too, which is no success for --once', { timeout: SLOW }, async () => {
    const { child, ended } = start(['--once'], { REDIS_URL: inject('redisUrl') });
    await said(child, /Olga ›/);
    child.kill('SIGINT');
    const [out, , [code]] = await ended;
    expect(code).toBe(130);
    expect(out).toContain('Everything is stopped');
  });
});
