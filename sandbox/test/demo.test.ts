import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { TYPESCRIPT } from '../../scripts/process.mjs';
import { ROOT } from '../../test/command-line.ts';
import { descendantsOf, listeningOf } from '../../test/listening.ts';

const DEMO = join(ROOT, 'sandbox/demo.ts');
const SLOW = 240_000;

const folder = mkdtempSync(join(tmpdir(), 'datasync-throttle-demos-'));
const running: ChildProcess[] = [];

afterAll(() => {
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

function start(args: string[], env: Record<string, string> = {}) {
  const { REDIS_URL: _own, NO_COLOR: _plain, ...rest } = process.env;
  // Of each its own, to see what is left in it.
  const temporary = env.TMPDIR ?? mkdtempSync(join(folder, 'of-one-'));
  const child = spawn(process.execPath, [...TYPESCRIPT, DEMO, ...args], {
    env: { ...rest, CI: '1', ...env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { child, ended, temporary, left: () => readdirSync(temporary) };
}

async function play(args: string[], env: Record<string, string> = {}) {
  const { ended, left } = start(args, env);
  const [out, err, [code]] = await ended;
  return { out, err, code, left: left() };
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
    const { out, err, code, left } = await play(['--once'], { FORCE_COLOR: '1' });
    expect(err).toBe('');
    expect(left).toEqual([]);
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
      /The export is on record too, as number 7: verify finds that one as well\.[\s\S]* 7 records/,
      /Link +dublin-wan, 240 MiB\/s, shared by db-backups, media-masters, lab-images/,
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
    const env = { REDIS_URL: inject('redisUrl'), DEMO_AWS_FAULT: 'deny' };
    const { out, err, code, left } = await play(['--once'], env);
    expect(code).toBe(1);
    expect(left).toEqual([]);
    // The one thing that is needed afterwards.
    const log = /log: (\S+)/.exec(err)?.[1] ?? '';
    expect(log).toBe(join(ROOT, 'node_modules/.cache/datasync-throttle/demo-failed.log'));
    expect(readFileSync(log, 'utf8')).toMatch(/^\{.*"msg":"ready"/m);
    expect(out).toMatch(/UpdateTaskExecution .*→ AccessDeniedException/);
    expect(out).not.toContain('All of it happened');
    expect(err).toMatch(/Step 5 \(The bot sets it in AWS, and reads it back\) failed/);
  });

  it('says in one sentence that a given Redis does not answer', { timeout: SLOW }, async () => {
    const { out, err, code, left } = await play(['--once'], { REDIS_URL: 'redis://user:secret@127.0.0.1:1' });
    expect(code).toBe(1);
    expect(left).toEqual([]);
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
    const { child, ended, left } = start([]);
    const out = await said(child, /Now you: http\S+/);
    const page = /Now you: (http\S+)/.exec(out)?.[1] ?? '';
    const redis = /Redis +redis:\/\/(127\.0\.0\.1:\d+)/.exec(out)?.[1];
    expect((await fetch(page)).status).toBe(200);
    const listening = listeningOf(child.pid ?? 0);
    // The bot and its health checks, Slack (two), AWS, the page, Redis.
    expect(listening.length).toBeGreaterThanOrEqual(7);
    expect(listening.filter((address) => !/^127\.0\.0\.1:\d+$/.test(address))).toEqual([]);
    child.kill('SIGINT');
    const [, err, [code]] = await ended;
    expect(code).toBe(0);
    expect(left()).toEqual([]);
    expect(err).toBe('');
    await expect(fetch(page)).rejects.toThrow();
    await expect(fetch(`http://${redis}`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  it('stops in the middle of the play too, which is no success for --once', { timeout: SLOW }, async () => {
    const { child, ended, left } = start(['--once'], { REDIS_URL: inject('redisUrl') });
    await said(child, /Olga ›/);
    child.kill('SIGINT');
    const [out, , [code]] = await ended;
    expect(code).toBe(130);
    expect(out).toContain('Everything is stopped');
    expect(left()).toEqual([]);
  });

  it('stops by itself, and leaves nothing, where the process that was started is killed', {
    timeout: SLOW,
  }, async ({ expect }) => {
    // Its own: one for all knows of no test as soon as another of them has ended.
    const { child, left } = start(['--once'], { REDIS_URL: inject('redisUrl') });
    await said(child, /Olga ›/);
    const others = descendantsOf(child.pid ?? 0);
    expect(others.length).toBeGreaterThan(0);
    child.kill('SIGKILL');
    await expect.poll(left).toEqual([]);
    await expect.poll(() => others.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  });

  it('that was killed as a whole is cleaned up after by the next', { timeout: SLOW }, async () => {
    const { child, temporary, left } = start(['--once'], { REDIS_URL: inject('redisUrl') });
    await said(child, /Olga ›/);
    for (const pid of [child.pid ?? 0, ...descendantsOf(child.pid ?? 0)]) process.kill(pid, 'SIGKILL');
    await once(child, 'close');
    expect(left()).toHaveLength(1);
    const next = await play(['--once'], { REDIS_URL: 'redis://127.0.0.1:1', TMPDIR: temporary });
    expect(next.code).toBe(1);
    expect(next.left).toEqual([]);
  });
});
