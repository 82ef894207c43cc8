import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { listenAddress, OPS_HOST_EXPECTED } from './config-ops.ts';
import { type ProxyWay, proxyAddress } from './config-proxy.ts';
import { type RedisTarget, readRedis, writtenPassword } from './config-redis.ts';
import { apiUrl, appToken, botToken, signingSecret } from './config-slack.ts';
import { printable } from './domain/printable.ts';
import type { Result } from './domain/result.ts';

/** The bot's whole configuration: read once, deeply frozen (but for the key material, which can't be). */
export interface Config {
  readonly slack: {
    readonly botToken: string;
    readonly mode:
      | { readonly kind: 'http'; readonly signingSecret: string; readonly port: number }
      | { readonly kind: 'socket'; readonly appToken: string };
    /** Of before a rotation: ids that were sealed under it still open. Requests are never checked with it. */
    readonly oldSigningSecret: string | null;
    /** Web API base that ends in a slash; null = Slack's own. */
    readonly apiUrl: string | null;
  };
  readonly redis: { readonly target: RedisTarget; readonly prefix: string };
  readonly audit: {
    /** Never empty: the first signs, all verify. */
    readonly keys: readonly AuditKey[];
    /** Ed25519, for checkpoints and export heads. */
    readonly signingKey: KeyObject | null;
    readonly channel: string | null;
    readonly checkpointFile: string | null;
  };
  /** Of AWS and Slack; null = reached directly. */
  readonly proxy: ProxyWay | null;
  readonly opsPort: number;
  /** Address that OPS_PORT listens on; null = every interface. */
  readonly opsHost: string | null;
  readonly logLevel: LogLevel;
  /** Every secret text of the above, for the logger to keep out of its lines. */
  readonly secrets: readonly string[];
}

interface AuditKey {
  readonly kid: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

type LogLevel = (typeof LOG_LEVELS)[number];

/** One thing that is wrong with the environment. Carries no value: it may have been a secret. */
export interface ConfigFault {
  readonly name: string;
  readonly problem: string;
  readonly expected: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

const PROXY = 'http://[user:password@]host[:port]; characters with a meaning of their own percent-encoded';

const EXPECTED = {
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

type Name = keyof typeof EXPECTED;

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a whole number')
  .transform(Number)
  .refine((number) => number <= 65_535, 'is above 65535');

const path = z.string();

const auditKeys = z.string().transform((text, issues): AuditKey[] => {
  const seen = new Set<string>();
  return text.split(',').flatMap((entry, index) => {
    // Only the position is named: a key written without its kid would be printed as one.
    const fault = (problem: string): [] => {
      issues.addIssue({ code: 'custom', message: `entry ${index + 1} ${problem}` });
      return [];
    };
    const [, kid, hex] = /^\s*([^:]*):(.*?)\s*$/.exec(entry) ?? [];
    if (kid === undefined || hex === undefined) return fault('has no kid: before it');
    if (!/^[A-Za-z0-9._-]{1,32}$/.test(kid)) return fault('has a kid that is not allowed');
    if (!/^[0-9a-fA-F]{64}$/.test(hex)) return fault(`is not 64 hex digits (it has ${hex.length} characters)`);
    if (seen.has(kid)) return fault('has the kid of an earlier one');
    seen.add(kid);
    return [{ kid, key: Buffer.from(hex, 'hex') }];
  });
});

const signingKey = z.string().transform((text, issues): KeyObject => {
  const base64 = text.replaceAll(/\s/g, '');
  const fault = (problem: string): never => {
    issues.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  };
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return fault('is not base64');
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'pkcs8' });
  } catch {
    return fault('is not a PKCS#8 private key');
  }
  return key.asymmetricKeyType === 'ed25519' ? key : fault('is a private key, but not an Ed25519 one');
});

const awsRegion = z.string().regex(/^[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}$/, 'is not a Region');

const keyPrefix = z.string().regex(/^[A-Za-z0-9._-]{1,32}$/, 'is not allowed');

/**
 * Reads the configuration from the environment, as the contract's table lists it. An empty or blank variable is one that
 * is not set. `AWS_…` variables are the SDK's own: but for the form of a Region they are not read here.
 * @returns all of it, or every fault at once; no fault carries a value.
 */
export function readConfig(env: Environment): Result<Config, ConfigFault[]> {
  const reader = createReader(env);
  const { faults, fault, given, optional, required } = reader;
  const bot = required('SLACK_BOT_TOKEN', botToken);
  const app = optional('SLACK_APP_TOKEN', appToken);
  const socketMode = given('SLACK_APP_TOKEN') !== undefined;
  const secret = (socketMode ? optional : required)('SLACK_SIGNING_SECRET', signingSecret);
  const oldSigningSecret = optional('SLACK_SIGNING_SECRET_OLD', signingSecret);
  const slackApi = optional('SLACK_API_URL', apiUrl);
  const target = readRedis(reader);
  const prefix = optional('REDIS_KEY_PREFIX', keyPrefix) ?? 'dst';
  const keys = required('AUDIT_KEYS', auditKeys);
  const audit = {
    signingKey: optional('AUDIT_SIGNING_KEY', signingKey),
    channel: optional('AUDIT_CHANNEL', z.string().regex(/^[CG][A-Z0-9]{1,30}$/, 'is not a channel id')),
    checkpointFile: optional('AUDIT_CHECKPOINT_FILE', path),
  };
  const proxyUrl = optional('https_proxy', proxyAddress) ?? optional('HTTPS_PROXY', proxyAddress);
  const noProxy = env.no_proxy?.trim() || env.NO_PROXY?.trim() || '';
  const slackPort = optional('PORT', port) ?? 3000;
  const opsPort = optional('OPS_PORT', port) ?? 9464;
  const opsHost = optional('OPS_HOST', listenAddress);
  const logLevel = optional('LOG_LEVEL', z.enum(LOG_LEVELS, { error: 'is not a level' })) ?? 'info';
  optional('POLICY_FILE', path);
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const) optional(name, awsRegion);
  // In Socket Mode nothing listens on PORT.
  if (!socketMode && slackPort === opsPort && opsPort !== 0) fault('OPS_PORT', 'is the same as PORT');

  const mode = app !== null ? ({ kind: 'socket', appToken: app } as const) : httpMode(secret, slackPort);
  if (faults.length > 0 || bot === null || mode === null || target === null || keys === null)
    return { ok: false, problem: faults };
  const config: Config = {
    slack: { botToken: bot, mode, oldSigningSecret, apiUrl: slackApi },
    redis: { target, prefix },
    audit: { keys, ...audit },
    proxy: proxyUrl === null ? null : { url: proxyUrl, noProxy },
    opsPort,
    opsHost,
    logLevel,
    secrets: [...secretsOf(env, target, keys), ...passwordsIn(proxyUrl)],
  };
  return { ok: true, value: deepFreeze(config) };
}

/** The keys to check an audit log with; null where they aren't set. */
export type AuditKeys = { readonly keys: readonly AuditKey[] | null; readonly signingKey: KeyObject | null };

/** What the audit commands need to check an export: no Redis, and nothing that is required. */
export function readAuditKeys(env: Environment): Result<AuditKeys, ConfigFault[]> {
  const { faults, optional } = createReader(env);
  const read = { keys: optional('AUDIT_KEYS', auditKeys), signingKey: optional('AUDIT_SIGNING_KEY', signingKey) };
  return faults.length > 0 ? { ok: false, problem: faults } : { ok: true, value: read };
}

/** What the audit commands need to read the log in Redis: nothing of Slack's. */
export function readLedgerConfig(env: Environment): Result<Pick<Config, 'redis'> & AuditKeys, ConfigFault[]> {
  const reader = createReader(env);
  const { faults, optional } = reader;
  const target = readRedis(reader);
  const prefix = optional('REDIS_KEY_PREFIX', keyPrefix) ?? 'dst';
  const audit = readAuditKeys(env);
  if (!audit.ok) faults.push(...audit.problem);
  if (faults.length > 0 || target === null || !audit.ok) return { ok: false, problem: faults };
  return { ok: true, value: { redis: { target, prefix }, ...audit.value } };
}

/** Where the policy file is: known however wrong the rest is. */
export function readPolicyPath(env: Environment): string {
  return env.POLICY_FILE?.trim() || 'policy.yml';
}

/** Where checkpoints are kept outside Redis; null: nowhere. */
export function readCheckpointPath(env: Environment): string | null {
  return env.AUDIT_CHECKPOINT_FILE?.trim() || null;
}

/** Every fault on a line of its own, with what is expected below it. */
export function describeConfigFaults(faults: readonly ConfigFault[]): string {
  return faults
    .map(({ name, problem, expected }) => `${name} ${printable(problem)}\n  expected: ${expected}`)
    .join('\n');
}

function createReader(env: Environment) {
  const faults: ConfigFault[] = [];
  const fault = (name: Name, problem: string) => faults.push({ name, problem, expected: EXPECTED[name] });
  const given = (name: Name) => env[name]?.trim() || undefined;

  function optional<T>(name: Name, schema: z.ZodType<T, string>): T | null {
    const text = given(name);
    if (text === undefined) return null;
    // An --env-file of Docker keeps them.
    if (/^(['"]).*\1$/s.test(text)) {
      fault(name, 'has quotes around it that were not taken off');
      return null;
    }
    const read = schema.safeParse(text);
    if (read.success) return read.data;
    fault(name, read.error.issues.map((issue) => issue.message).join('; '));
    return null;
  }
  function required<T>(name: Name, schema: z.ZodType<T, string>): T | null {
    if (given(name) === undefined) fault(name, 'is not set');
    return optional(name, schema);
  }
  return { faults, fault, given, optional, required };
}

function httpMode(signingSecret: string | null, port: number) {
  return signingSecret === null ? null : ({ kind: 'http', signingSecret, port } as const);
}

function secretsOf(env: Environment, target: RedisTarget, keys: readonly AuditKey[]): string[] {
  const names = [
    ...(['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_SIGNING_SECRET_OLD', 'SLACK_APP_TOKEN'] as const),
    'AUDIT_SIGNING_KEY',
  ] as const;
  const texts = names.map((name) => env[name]?.trim());
  const passwords = [
    writtenPassword(env.REDIS_URL?.trim() ?? ''),
    target.password,
    ...(target.kind === 'sentinel' ? [target.sentinelAccess.password] : []),
  ];
  const audit = keys.flatMap(({ key }) => [key.toString('hex'), key.toString('base64')]);
  return [...texts, ...passwords, ...audit].filter((text): text is string => Boolean(text));
}

function passwordsIn(address: string | null): string[] {
  const password = address === null ? '' : new URL(address).password;
  return password === '' ? [] : [...new Set([password, decoded(password)])];
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (isPlain(part)) deepFreeze(part);
  return Object.freeze(value);
}

// Node refuses to freeze a Buffer, and a KeyObject is immutable already.
function isPlain(value: unknown): value is object {
  return (
    Array.isArray(value) ||
    (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
  );
}
