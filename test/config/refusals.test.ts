import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HEX, problem, SECRET } from './given-config.ts';

describe('readConfig', () => {
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

  it('refuses a signing key of another kind', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const text = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    expect(problem('AUDIT_SIGNING_KEY', text)).toEqual(['AUDIT_SIGNING_KEY is a private key, but not an Ed25519 one']);
  });
});
