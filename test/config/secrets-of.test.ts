import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { describeConfigFaults } from '../../src/config/config-fault.ts';
import { faults, good, HEX, read, SECRET } from './given-config.ts';

describe('secrets', () => {
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
