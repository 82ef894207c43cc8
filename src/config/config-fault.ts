import { printable } from '../domain/text/printable.ts';
import { OPS_HOST_EXPECTED } from './listen-address.ts';

/** One fault in the environment. It contains no value, which may be a secret. */
export interface ConfigFault {
  readonly name: string;
  readonly problem: string;
  readonly expected: string;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

const PROXY = 'http://[user:password@]host[:port]; characters with a meaning of their own percent-encoded';

/** All variables that are read, with what they should be. */
export const EXPECTED = {
  SLACK_BOT_TOKEN: 'the bot token that the app got when it was installed, xoxb-…',
  SLACK_SIGNING_SECRET: "the app's signing secret (Basic Information), or SLACK_APP_TOKEN for Socket Mode",
  SLACK_SIGNING_SECRET_OLD: 'the signing secret of before a rotation, for buttons and forms that are older',
  SLACK_APP_TOKEN: 'an app-level token with connections:write, xapp-…',
  SLACK_API_URL: 'an http:// or https:// address without credentials, query or fragment',
  REDIS_URL:
    'redis://[user:password@]host[:port][/db] or rediss://…; redis+cluster://host:port[,host:port]; redis+sentinel://host:port[,host:port]/NAME',
  REDIS_CA_FILE: 'the path of a file with the CA certificate (PEM) that rediss://… is checked against',
  REDIS_SENTINEL_USERNAME: 'the user name that the sentinels ask for, with redis+sentinel://… alone',
  REDIS_SENTINEL_PASSWORD: 'the password that the sentinels ask for, with redis+sentinel://… alone',
  REDIS_KEY_PREFIX: '1 to 32 of A-Z a-z 0-9 . _ -',
  POLICY_FILE: 'the path of the policy file',
  AWS_REGION: 'an AWS Region such as us-east-1',
  AWS_DEFAULT_REGION: 'an AWS Region such as us-east-1',
  AUDIT_KEYS:
    'kid:hex[,kid:hex…]; kid: 1 to 32 of A-Z a-z 0-9 . _ -, each another; hex: 64 digits (openssl rand -hex 32)',
  AUDIT_SIGNING_KEY:
    'an Ed25519 private key, PKCS#8 DER in base64 (openssl genpkey -algorithm ed25519 -outform DER | base64)',
  AUDIT_CHANNEL: 'a channel id, C… or G…',
  AUDIT_CHECKPOINT_FILE: 'the path of a file outside Redis',
  HTTPS_PROXY: PROXY,
  https_proxy: PROXY,
  PORT: 'a port, 0 (any free one) to 65535',
  OPS_PORT: 'a port, 0 (any free one) to 65535, not the same as PORT',
  OPS_HOST: OPS_HOST_EXPECTED,
  LOG_LEVEL: LOG_LEVELS.join(', '),
} as const;

/** The name of a variable. */
export type ConfigName = keyof typeof EXPECTED;

/** Each fault on a line of its own, with what is expected below it. */
export function describeConfigFaults(faults: readonly ConfigFault[]): string {
  return faults
    .map(({ name, problem, expected }) => `${name} ${printable(problem)}\n  expected: ${expected}`)
    .join('\n');
}
