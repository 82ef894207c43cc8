import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeConfigFaults } from '../../src/config/config-fault.ts';
import { readRedisTarget } from '../../src/config/redis-target.ts';
import { selfSigned } from '../store/self-signed.ts';
import { faults, read } from './given-config.ts';

describe('readRedisTarget', () => {
  it.each([
    ['redis://127.0.0.1', { host: '127.0.0.1', port: 6379, db: 0 }],
    ['redis://u:p%40s@h:6380/3', { host: 'h', port: 6380, db: 3, username: 'u', password: 'p@s' }],
    ['REDISS://h/', { host: 'h', port: 6379, db: 0, tls: {} }],
    ['redis://:p/@s@[::1]:6379', { host: '::1', port: 6379, db: 0, password: 'p/@s' }],
  ])('reads %s', (url, target) => {
    expect(readRedisTarget(url)).toEqual({ ok: true, value: { kind: 'single', ...target } });
  });

  it('reads the seed nodes of a Cluster', () => {
    expect(readRedisTarget('redis+cluster://a:7000,b.example,[::1]:7002')).toEqual({
      ok: true,
      value: {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 7000 },
          { host: 'b.example', port: 6379 },
          { host: '::1', port: 7002 },
        ],
      },
    });
  });

  it('reads credentials and TLS', () => {
    expect(readRedisTarget('rediss+cluster://bot:p%40s%3As@a:1')).toEqual({
      ok: true,
      value: { kind: 'cluster', nodes: [{ host: 'a', port: 1 }], tls: {}, username: 'bot', password: 'p@s:s' },
    });
    expect(readRedisTarget('redis+cluster://:p@s@a:1')).toMatchObject({ value: { password: 'p@s' } });
  });

  it('reads sentinels and the name of the primary', () => {
    expect(readRedisTarget('redis+sentinel://:pw@s1:26379,s2/mymaster')).toEqual({
      ok: true,
      value: {
        kind: 'sentinel',
        sentinels: [
          { host: 's1', port: 26_379 },
          { host: 's2', port: 26_379 },
        ],
        name: 'mymaster',
        sentinelAccess: {},
        password: 'pw',
      },
    });
  });

  it.each([
    ['http://h', 'does not begin with'],
    ['127.0.0.1:6379', 'does not begin with'],
    ['redis+unix://h', 'does not begin with'],
    ['redis://', 'has no host'],
    ['redis://h:99999', 'at place 1'],
    ['redis://a,b', 'several hosts'],
    ['redis://u:50%@h', 'percent-encoded'],
    ['redis://h/0?tls=true', 'after ? or #'],
    ['redis://h/0#1', 'after ? or #'],
    ['redis+sentinel://a/main?db=1', 'after ? or #'],
    ['redis://h/db', 'no database number'],
    ['redis+cluster://a:1/0', 'has a path'],
    ['redis+cluster://', 'at place 1'],
    ['redis+cluster://a:1,,b:2', 'at place 2'],
    ['redis+cluster://a:0', 'at place 1'],
    ['redis+cluster://u:%zz@a:1', 'percent-encoded'],
    ['redis+sentinel://a:1', 'does not end in /NAME'],
    ['redis+sentinel://a:1/one/two', 'does not end in /NAME'],
  ])('refuses %s: %s', (text, problem) => {
    expect(readRedisTarget(text)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });
});

describe('readConfig', () => {
  it('accepts a CA file and the sentinels’ credentials where they have an effect', () => {
    const folder = mkdtempSync(join(tmpdir(), 'datasync-throttle-config-'));
    const { cert } = selfSigned(['localhost']);
    const file = join(folder, 'ca.pem');
    writeFileSync(file, cert);
    const config = read({
      REDIS_URL: 'rediss+sentinel://:secretredis@s1/main',
      REDIS_CA_FILE: file,
      REDIS_SENTINEL_USERNAME: 'watch',
      REDIS_SENTINEL_PASSWORD: 'secretwatch',
    });
    expect(config.redis.target).toMatchObject({
      tls: { ca: cert },
      password: 'secretredis',
      sentinelAccess: { username: 'watch', password: 'secretwatch' },
    });
    expect(config.secrets).toEqual(expect.arrayContaining(['secretredis', 'secretwatch']));
    const said = (changes: Record<string, string>) => faults(changes).map((fault) => `${fault.name} ${fault.problem}`);
    expect(said({ REDIS_CA_FILE: file })).toEqual(['REDIS_CA_FILE is set, and REDIS_URL does not begin with rediss']);
    expect(said({ REDIS_SENTINEL_USERNAME: 'u', REDIS_SENTINEL_PASSWORD: 'p' })).toEqual([
      'REDIS_SENTINEL_USERNAME is set, and REDIS_URL does not name sentinels',
      'REDIS_SENTINEL_PASSWORD is set, and REDIS_URL does not name sentinels',
    ]);
    expect(said({ REDIS_URL: 'redis+sentinel://s1/main', REDIS_SENTINEL_USERNAME: 'u' })).toEqual([
      'REDIS_SENTINEL_USERNAME is set without REDIS_SENTINEL_PASSWORD',
    ]);
    writeFileSync(file, 'none');
    const secure = { REDIS_URL: 'rediss://h' };
    expect(said({ ...secure, REDIS_CA_FILE: file })).toEqual(['REDIS_CA_FILE has no certificate in it']);
    rmSync(folder, { recursive: true });
    expect(said({ ...secure, REDIS_CA_FILE: file })).toEqual(["REDIS_CA_FILE can't be read (ENOENT)"]);
  });

  it.each(['redis', 'rediss', 'redis+cluster', 'redis+sentinel'])(
    'names REDIS_URL where a password of %s:// has a bare %%, and repeats nothing of it',
    (scheme) => {
      const found = faults({ REDIS_URL: `${scheme}://u:50%sEcReT@h:6379/main` });
      expect(found).toMatchObject([{ name: 'REDIS_URL', problem: expect.stringContaining('percent-encoded') }]);
      expect(describeConfigFaults(found)).not.toMatch(/sEcReT/);
    },
  );
});
