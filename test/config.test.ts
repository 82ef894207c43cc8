import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Config, readConfig } from '../src/config.ts';
import { describeConfigFaults } from '../src/config-fault.ts';
import { readPolicyPath } from '../src/config-paths.ts';
import { canProxy } from '../src/config-proxy.ts';
import { selfSigned } from './ledger/self-signed.ts';

/** As long as Slack's are. */
const SECRET = 'secretsigning0123456789abcdef012';
const HEX = 'ab'.repeat(32);
const good = {
  SLACK_BOT_TOKEN: 'xoxb-1-secretbot',
  SLACK_SIGNING_SECRET: SECRET,
  REDIS_URL: 'redis://:secretredis@127.0.0.1:6379/2',
  AUDIT_KEYS: `k1:${HEX}`,
};

function read(changes: Record<string, string | undefined> = {}): Config {
  const result = readConfig({ ...good, ...changes });
  if (!result.ok) throw new Error(describeConfigFaults(result.problem));
  return result.value;
}

function faults(changes: Record<string, string | undefined>, base: Record<string, string | undefined> = good) {
  const result = readConfig({ ...base, ...changes });
  return result.ok ? [] : result.problem;
}

const problem = (name: string, value: string) =>
  faults({ [name]: value }).map((fault) => `${fault.name} ${fault.problem}`);

describe('HTTPS_PROXY', () => {
  it('is read in both cases, the lower one first, with NO_PROXY, and its password is a secret', () => {
    expect(read().proxy).toBeNull();
    const upper = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'internal' };
    expect(read(upper).proxy).toEqual({ url: 'http://proxy:3128/', noProxy: 'internal' });
    const both = { ...upper, https_proxy: 'https://me:s%40fe@other', no_proxy: '*.local' };
    const config = read(both);
    expect(config.proxy).toEqual({ url: 'https://me:s%40fe@other/', noProxy: '*.local' });
    expect(config.secrets).toEqual(expect.arrayContaining(['s%40fe', 's@fe']));
  });

  it.each(['proxy:3128', 'socks5://proxy:1', 'http://', 'http://proxy/path', 'http://me:100%@proxy', 'my proxy'])(
    'stops the start with its name where it is %s',
    (value) => {
      for (const name of ['HTTPS_PROXY', 'https_proxy']) {
        const [fault, ...more] = faults({ [name]: value });
        expect(more).toEqual([]);
        expect(fault?.name).toBe(name);
        expect(fault?.problem).not.toContain('proxy');
      }
    },
  );

  it('needs a Node that can use it', () => {
    expect(['22.20.0', '23.11.0', '24.4.1'].map(canProxy)).toEqual([false, false, false]);
    expect(['22.21.0', '24.5.0', '25.0.0'].map(canProxy)).toEqual([true, true, true]);
  });
});

describe('readConfig', () => {
  it('needs four variables and has a default for the rest', () => {
    expect(read()).toMatchObject({
      slack: {
        botToken: 'xoxb-1-secretbot',
        mode: { kind: 'http', signingSecret: SECRET, port: 3000 },
        apiUrl: null,
      },
      redis: {
        target: { kind: 'single', host: '127.0.0.1', port: 6379, db: 2, password: 'secretredis' },
        prefix: 'dst',
      },
      audit: {
        keys: [{ kid: 'k1', key: Buffer.from(HEX, 'hex') }],
        signingKey: null,
        channel: null,
        checkpointFile: null,
      },
      opsPort: 9464,
      opsHost: null,
      logLevel: 'info',
    });
  });

  it('takes every variable of the contract', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const config = read({
      SLACK_API_URL: 'http://127.0.0.1:4000/api',
      REDIS_KEY_PREFIX: 'dst-2.a_b',
      AUDIT_KEYS: `new:${HEX}, old:${'CD'.repeat(32)}`,
      AUDIT_SIGNING_KEY: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
      AUDIT_CHANNEL: 'C0AUDIT',
      AUDIT_CHECKPOINT_FILE: '/var/dst/checkpoints',
      PORT: '8080',
      OPS_PORT: '8081',
      OPS_HOST: '127.0.0.1',
      LOG_LEVEL: 'debug',
    });
    expect(config.slack.apiUrl).toBe('http://127.0.0.1:4000/api/');
    expect(config.slack.mode).toMatchObject({ port: 8080 });
    expect(config.audit.keys.map(({ kid }) => kid)).toEqual(['new', 'old']);
    expect(config.audit.signingKey?.equals(privateKey)).toBe(true);
    expect(config).toMatchObject({ opsPort: 8081, opsHost: '127.0.0.1', logLevel: 'debug' });
    expect(config.audit).toMatchObject({ channel: 'C0AUDIT', checkpointFile: '/var/dst/checkpoints' });
  });

  it('knows where the policy file is, however wrong the rest', () => {
    expect(readPolicyPath({ POLICY_FILE: ' /etc/dst/policy.yml ' })).toBe('/etc/dst/policy.yml');
    expect(readPolicyPath({ POLICY_FILE: ' ' })).toBe('policy.yml');
  });

  it('takes Socket Mode where there is an app token, whatever else is set', () => {
    const socket = { kind: 'socket', appToken: 'xapp-1-secretapp' };
    expect(read({ SLACK_APP_TOKEN: 'xapp-1-secretapp' }).slack.mode).toEqual(socket);
    expect(read({ SLACK_APP_TOKEN: 'xapp-1-secretapp', SLACK_SIGNING_SECRET: '' }).slack.mode).toEqual(socket);
  });

  it('counts an empty or blank variable as not set', () => {
    expect(read({ PORT: '', LOG_LEVEL: '  ', SLACK_APP_TOKEN: '' }).slack.mode).toMatchObject({
      kind: 'http',
      port: 3000,
    });
    expect(problem('SLACK_SIGNING_SECRET', '')).toEqual(['SLACK_SIGNING_SECRET is not set']);
    expect(problem('SLACK_SIGNING_SECRET', ' \n')).toEqual(['SLACK_SIGNING_SECRET is not set']);
  });

  it('takes the secret of before a rotation, in either mode, and keeps it out of the log', () => {
    const old = 'secretold0123456789abcdef0123456';
    expect(read().slack.oldSigningSecret).toBeNull();
    expect(read({ SLACK_SIGNING_SECRET_OLD: old }).slack).toMatchObject({
      oldSigningSecret: old,
      mode: { signingSecret: SECRET },
    });
    const socket = read({ SLACK_APP_TOKEN: 'xapp-1-a', SLACK_SIGNING_SECRET: '', SLACK_SIGNING_SECRET_OLD: old });
    expect(socket.slack.oldSigningSecret).toBe(old);
    expect(socket.secrets).toContain(old);
  });

  it('drops the line end that a secret file leaves behind', () => {
    expect(read({ SLACK_BOT_TOKEN: 'xoxb-1-a\n' }).slack.botToken).toBe('xoxb-1-a');
  });

  it('names everything that is missing or wrong at once', () => {
    expect(faults({ PORT: 'http', LOG_LEVEL: 'loud' }, {}).map(({ name }) => name)).toEqual([
      'SLACK_BOT_TOKEN',
      'SLACK_SIGNING_SECRET',
      'REDIS_URL',
      'AUDIT_KEYS',
      'PORT',
      'LOG_LEVEL',
    ]);
    const text = describeConfigFaults(faults({ PORT: 'http' }));
    expect(text).toContain('PORT is not a whole number');
    expect(text).toContain('expected: a port');
  });

  it('is frozen all the way down', () => {
    const config = read();
    expect(Object.isFrozen(config) && Object.isFrozen(config.slack.mode) && Object.isFrozen(config.audit.keys)).toBe(
      true,
    );
  });

  it('takes an address or a name to listen on, and nothing else', () => {
    for (const host of ['127.0.0.1', '::', '::1', 'localhost', 'ops.internal']) {
      expect(read({ OPS_HOST: host }).opsHost).toBe(host);
    }
    for (const host of ['127.0.0.1:9464', '[::1]', '1.2.3', '999.1.1.1', 'http://h', 'a b', '*']) {
      expect(problem('OPS_HOST', host)).toEqual(['OPS_HOST is not an IP address or a host name']);
    }
  });

  it('takes 0 for any free port, and one port only once', () => {
    expect(read({ PORT: '0', OPS_PORT: '0' }).opsPort).toBe(0);
    expect(problem('OPS_PORT', '3000')).toEqual(['OPS_PORT is the same as PORT']);
    expect(read({ SLACK_APP_TOKEN: 'xapp-1-a', OPS_PORT: '3000' }).opsPort).toBe(3000);
    for (const port of ['-1', '65536', '1.5', '0x10', '123456']) expect(problem('PORT', port)).toHaveLength(1);
  });

  it.each([
    ['SLACK_BOT_TOKEN', 'xapp-1-secretapp', 'is an app-level token'],
    ['SLACK_BOT_TOKEN', 'xoxp-1-secretuser', "is not a bot's token"],
    ['SLACK_BOT_TOKEN', 'secret token', 'does not look like a bot token'],
    ['SLACK_APP_TOKEN', 'xoxb-1-secretbot', 'is not an app-level token'],
    ['SLACK_SIGNING_SECRET', 'two secrets', 'has spaces in it'],
    ['SLACK_SIGNING_SECRET', 'abc', 'does not look like a signing secret: Slack’s have 32 hex digits'],
    ['SLACK_SIGNING_SECRET', 'xoxb-1-secretbot-secretbot', 'is a token'],
    ['SLACK_SIGNING_SECRET_OLD', 'abc', 'does not look like a signing secret: Slack’s have 32 hex digits'],
    ['SLACK_BOT_TOKEN', '"xoxb-1-secretbot"', 'has quotes around it that were not taken off'],
    ['SLACK_APP_TOKEN', "'xapp-1-secretapp'", 'has quotes around it that were not taken off'],
    ['SLACK_SIGNING_SECRET', `"${SECRET}"`, 'has quotes around it that were not taken off'],
    ['REDIS_URL', '"redis://localhost"', 'has quotes around it that were not taken off'],
    ['POLICY_FILE', '"policy.yml"', 'has quotes around it that were not taken off'],
    ['PORT', '"3000"', 'has quotes around it that were not taken off'],
    ['AWS_REGION', '"eu-west-1"', 'has quotes around it that were not taken off'],
    ['AWS_REGION', 'eu-west', 'is not a Region'],
    ['SLACK_API_URL', 'slack', 'is not an address'],
    ['SLACK_API_URL', 'ftp://slack.example/', 'is neither http:// nor https://'],
    ['SLACK_API_URL', 'https://me:secret@slack.example/', 'has credentials in it'],
    ['REDIS_KEY_PREFIX', '{a}', 'is not allowed'],
    ['REDIS_KEY_PREFIX', 'a'.repeat(33), 'is not allowed'],
    ['AUDIT_KEYS', HEX, 'entry 1 has no kid: before it'],
    ['AUDIT_KEYS', `k1:${HEX},k 2:${HEX}`, 'entry 2 has a kid that is not allowed'],
    ['AUDIT_KEYS', `k1:${HEX},k2:secret`, 'entry 2 is not 64 hex digits (it has 6 characters)'],
    ['AUDIT_KEYS', `k1:${HEX},k1:${HEX}`, 'entry 2 has the kid of an earlier one'],
    ['AUDIT_KEYS', `k1:${HEX},`, 'entry 2 has no kid: before it'],
    ['AUDIT_SIGNING_KEY', 'secret!', 'is not base64'],
    ['AUDIT_SIGNING_KEY', 'c2VjcmV0', 'is not a PKCS#8 private key'],
    ['AUDIT_CHANNEL', '#audit', 'is not a channel id'],
    ['LOG_LEVEL', 'INFO', 'is not a level'],
  ])('refuses %s=%s: %s', (name, value, expected) => {
    expect(problem(name, value)).toEqual([`${name} ${expected}`]);
  });

  it('takes a CA file and what the sentinels ask for where they can take effect', () => {
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

  it('refuses a signing key of another kind', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const text = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    expect(problem('AUDIT_SIGNING_KEY', text)).toEqual(['AUDIT_SIGNING_KEY is a private key, but not an Ed25519 one']);
  });

  it('repeats no value in a fault, whichever variable it was put into', () => {
    const value = `sEcReT ${randomBytes(8).toString('hex')}:@/,x`;
    const formal = ['SLACK_API_URL', 'REDIS_KEY_PREFIX', 'AUDIT_SIGNING_KEY', 'AUDIT_CHANNEL', 'PORT', 'LOG_LEVEL'];
    for (const name of [...Object.keys(good), 'SLACK_APP_TOKEN', ...formal]) {
      for (const text of [
        value,
        `redis://${value}`,
        `redis+cluster://${value}`,
        `k:${value}`,
        `redis://u:${value}@h:99999`,
      ]) {
        const found = faults({ [name]: text });
        expect(describeConfigFaults(found)).not.toMatch(/sEcReT/);
        expect(found.length).toBeGreaterThan(0);
      }
    }
  });

  it('lists its secrets, the Redis password as written and as meant', () => {
    const config = read({ REDIS_URL: 'redis://u:p%40ss@h', SLACK_APP_TOKEN: 'xapp-1-a' });
    expect(config.secrets).toEqual([
      'xoxb-1-secretbot',
      SECRET,
      'xapp-1-a',
      'p%40ss',
      'p@ss',
      HEX,
      Buffer.from(HEX, 'hex').toString('base64'),
    ]);
  });
});
