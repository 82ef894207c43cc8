import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Result } from '../domain/result.ts';
import { type AuditKey, auditKeys, signingKey } from './audit-keys.ts';
import { type ConfigFault, LOG_LEVELS } from './config-fault.ts';
import { deepFreeze } from './deep-freeze.ts';
import { createEnvironmentReader, type Environment } from './environment-reader.ts';
import { listenAddress } from './listen-address.ts';
import { type ProxyWay, proxyAddress } from './proxy-address.ts';
import { keyPrefix, type RedisTarget, readRedis } from './redis-target.ts';
import { secretsOf } from './secrets-of.ts';
import { apiUrl, appToken, botToken, signingSecret } from './slack-credentials.ts';

/** The bot's configuration: read once, and deeply frozen except for key material, which can't be. */
export interface Config {
  readonly slack: {
    readonly botToken: string;
    readonly mode:
      | { readonly kind: 'http'; readonly signingSecret: string; readonly port: number }
      | { readonly kind: 'socket'; readonly appToken: string };
    /** The secret before a rotation: ids sealed with it are still accepted. Requests are never verified with it. */
    readonly oldSigningSecret: string | null;
    /** The base URL of the Web API, with a slash at the end; null = Slack's own. */
    readonly apiUrl: string | null;
  };
  readonly redis: { readonly target: RedisTarget; readonly prefix: string };
  readonly audit: {
    /** Never empty. The first signs, all verify. */
    readonly keys: readonly AuditKey[];
    /** Ed25519, for checkpoints and the heads of exports. */
    readonly signingKey: KeyObject | null;
    readonly channel: string | null;
    readonly checkpointFile: string | null;
  };
  /** The proxy for AWS and Slack; null = none. */
  readonly proxy: ProxyWay | null;
  readonly opsPort: number;
  /** The address that OPS_PORT listens on; null = every interface. */
  readonly opsHost: string | null;
  readonly logLevel: LogLevel;
  /** All secrets in the above, for the logger to redact. */
  readonly secrets: readonly string[];
}

type LogLevel = (typeof LOG_LEVELS)[number];

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a whole number')
  .transform(Number)
  .refine((number) => number <= 65_535, 'is above 65535');

const path = z.string();

const awsRegion = z.string().regex(/^[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}$/, 'is not a Region');

/**
 * Reads the configuration from the environment. An empty or blank variable counts as not set. `AWS_…` variables are read by
 * the AWS SDK; here only the form of a Region is checked.
 * @returns the configuration, or every fault at once; no fault contains a value
 */
export function readConfig(env: Environment): Result<Config, ConfigFault[]> {
  const reader = createEnvironmentReader(env);
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
    secrets: secretsOf(env, { target, keys, proxyUrl }),
  };
  return { ok: true, value: deepFreeze(config) };
}

function httpMode(signingSecret: string | null, port: number) {
  return signingSecret === null ? null : ({ kind: 'http', signingSecret, port } as const);
}
