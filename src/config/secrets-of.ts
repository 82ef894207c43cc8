import type { AuditKey } from './audit-keys.ts';
import type { Environment } from './environment-reader.ts';
import { type RedisTarget, writtenPassword } from './redis-target.ts';

/** All secrets in the environment, in each form in which they could be logged. */
export function secretsOf(
  env: Environment,
  parts: { target: RedisTarget; keys: readonly AuditKey[]; proxyUrl: string | null },
): string[] {
  const { target, keys, proxyUrl } = parts;
  const names = [
    'SLACK_BOT_TOKEN',
    'SLACK_SIGNING_SECRET',
    'SLACK_SIGNING_SECRET_OLD',
    'SLACK_APP_TOKEN',
    'AUDIT_SIGNING_KEY',
  ] as const;
  const texts = names.map((name) => env[name]?.trim());
  const passwords = [
    writtenPassword(env.REDIS_URL?.trim() ?? ''),
    target.password,
    ...(target.kind === 'sentinel' ? [target.sentinelAccess.password] : []),
  ];
  const audit = keys.flatMap(({ key }) => [key.toString('hex'), key.toString('base64')]);
  return [...texts, ...passwords, ...audit, ...passwordsIn(proxyUrl)].filter((text): text is string => Boolean(text));
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
