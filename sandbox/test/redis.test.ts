import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TYPESCRIPT } from '../../scripts/process.mjs';
import { type LocalRedis, startLocalRedis, startRedis } from '../redis.ts';
import { findOrInstallRedis } from '../redis-binary.ts';

describe('a Redis of our own', () => {
  let redis: LocalRedis;
  const ask = async <T>(question: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(redis.url, { maxRetriesPerRequest: 1, retryStrategy: () => null, lazyConnect: true });
    client.on('error', () => {});
    try {
      await client.connect();
      return await question(client);
    } finally {
      client.disconnect();
    }
  };

  beforeAll(async () => {
    redis = await startLocalRedis();
  });
  afterAll(() => redis.close());

  it('writes each command to disk before it answers, and never evicts', async () => {
    const setting = (name: string) =>
      ask(async (client) => {
        const answer: unknown = await client.call('CONFIG', 'GET', name);
        return JSON.stringify(answer);
      });
    expect(await setting('appendonly')).toContain('yes');
    expect(await setting('appendfsync')).toContain('always');
    expect(await setting('maxmemory-policy')).toContain('noeviction');
    expect(await setting('save')).toContain('""');
  });

  it('keeps what was written over an orderly stop and over a crash', async () => {
    await ask((client) => client.set('kept', 'by stop'));
    await redis.stop();
    await expect(ask((client) => client.get('kept'))).rejects.toThrow();
    await redis.start();
    expect(await ask((client) => client.get('kept'))).toBe('by stop');
    await ask((client) => client.set('kept', 'by kill'));
    await redis.kill();
    await redis.start();
    await redis.start();
    expect(await ask((client) => client.get('kept'))).toBe('by kill');
  });

  it('answers nothing while paused, and everything afterwards', async () => {
    const client = new Redis(redis.url);
    await client.set('paused', '1');
    redis.pause();
    const answer = client.get('paused');
    const first = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 60, 'silent'))]);
    expect(first).toBe('silent');
    redis.resume();
    expect(await answer).toBe('1');
    client.disconnect();
  });

  it('removes its data when closed', async () => {
    const other = await startLocalRedis();
    expect(existsSync(other.dir)).toBe(true);
    other.pause();
    await other.close();
    expect(existsSync(other.dir)).toBe(false);
  });

  it('ends with the process that started it, even where that is killed', async () => {
    const source = new URL('../redis.ts', import.meta.url).href;
    const script = `const { startLocalRedis } = await import(${JSON.stringify(source)});
      console.log(JSON.stringify(await startLocalRedis())); setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, [...TYPESCRIPT, '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(owner.stdout, 'data');
    const theirs: { url: string; dir: string } = JSON.parse(String(line));
    const client = new Redis(theirs.url, { retryStrategy: () => null });
    client.on('error', () => {});
    await client.ping();
    const gone = once(client, 'end');
    owner.kill('SIGKILL');
    await gone;
    await expect.poll(() => existsSync(theirs.dir)).toBe(false);
  });
});

describe('finding one', () => {
  it('takes REDIS_URL as it is', async () => {
    const given = await startRedis({ REDIS_URL: 'redis://elsewhere:6379/3' });
    expect(given).toMatchObject({ ours: false, url: 'redis://elsewhere:6379/3' });
    await given.close();
  });

  it('passes over a server that is too old, and says in one sentence what to do', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-path-'));
    const old = join(folder, 'redis-server');
    await writeFile(old, '#!/bin/sh\necho "Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64"\n');
    await chmod(old, 0o755);
    const found = findOrInstallRedis({ path: folder, folder: join(folder, 'none') });
    await expect(found).rejects.toThrow(/^A Redis server is needed, and no redis-server .* set REDIS_URL to one/);
    const newer = join(folder, 'valkey-server');
    await writeFile(newer, '#!/bin/sh\necho "Valkey server v=8.1.1 sha=00000000:0"\n');
    await chmod(newer, 0o755);
    expect(await findOrInstallRedis({ path: folder })).toMatchObject({ command: newer, version: '8.1.1' });
    await rm(folder, { recursive: true });
  });
});
