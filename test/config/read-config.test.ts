import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { describeConfigFaults } from '../../src/config/config-fault.ts';
import { readPolicyPath } from '../../src/config/file-paths.ts';
import { faults, HEX, problem, read, SECRET } from './given-config.ts';

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
});
