import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Result } from '../domain/result.ts';
import type { EnvironmentReader } from './environment-reader.ts';

/** Where Redis is, and how to log in. */
export type RedisTarget =
  | ({ readonly kind: 'single'; readonly db: number } & RedisHost & RedisAccess)
  | ({ readonly kind: 'cluster'; readonly nodes: readonly RedisHost[] } & RedisAccess)
  | ({
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisHost[];
      readonly name: string;
      /** How to log in to the sentinels. */
      readonly sentinelAccess: Pick<RedisAccess, 'username' | 'password'>;
    } & RedisAccess);

interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** How to log in; with Sentinel, to the primary. */
export interface RedisAccess {
  readonly username?: string;
  readonly password?: string;
  /** Set for `rediss…`: every connection is encrypted. `ca`: the CA certificate that certificates are checked against, PEM. */
  readonly tls?: { readonly ca?: string };
}

const DEFAULT_PORT = { single: 6379, cluster: 6379, sentinel: 26_379 } as const;

/**
 * Parses `REDIS_URL`: `redis[s]://[user:password@]h[:p][/db]`, `redis[s]+cluster://[user:password@]h:p[,h:p]`,
 * `redis[s]+sentinel://[user:password@]h:p[,h:p]/NAME`. Parts without a meaning here are refused, so that nothing in an
 * address is ignored.
 * @returns the target, or what is wrong, without repeating any part of the address
 */
export function readRedisTarget(text: string): Result<RedisTarget, string> {
  const scheme = /^redis(s?)(\+cluster|\+sentinel)?:\/\//i.exec(text);
  if (scheme === null) return refused('does not begin with redis://, rediss://, redis+cluster:// or redis+sentinel://');
  const kind =
    ({ '+cluster': 'cluster', '+sentinel': 'sentinel' } as const)[scheme[2]?.toLowerCase() ?? ''] ?? 'single';

  const [userinfo, place] = halves(text.slice(scheme[0].length));
  const access = readAccess(userinfo, scheme[1] !== '');
  if (!access.ok) return access;
  if (/[?#]/.test(place)) return refused('has something after ? or #, and there are no parameters that it could have');
  const [authority = '', ...path] = place.split('/');
  const rest = path.join('/');

  if (authority === '' && kind === 'single') return refused('has no host');
  const hosts = readHosts(authority, DEFAULT_PORT[kind]);
  if (!hosts.ok) return hosts;
  switch (kind) {
    case 'single': {
      const [host, ...more] = hosts.value;
      if (host === undefined || more.length > 0)
        return refused('has several hosts, which redis+cluster:// and redis+sentinel:// are for');
      if (!/^\d{0,5}$/.test(rest)) return refused('has a path that is no database number');
      return { ok: true, value: { kind, ...host, db: Number(rest), ...access.value } };
    }
    case 'cluster':
      if (rest !== '') return refused('has a path after the hosts, and a Cluster has neither databases nor names');
      return { ok: true, value: { kind, nodes: hosts.value, ...access.value } };
    case 'sentinel':
      if (!/^[\w.-]+$/.test(rest))
        return refused('does not end in /NAME, the name that the sentinels know the primary by');
      return {
        ok: true,
        value: { kind, sentinels: hosts.value, name: rest, sentinelAccess: {}, ...access.value },
      };
  }
}

/** The password as written in an address, still percent-encoded. */
export function writtenPassword(text: string): string | null {
  const [userinfo] = halves(text.replace(/^[^:]*:\/\//, ''));
  return userinfo?.split(':').slice(1).join(':') || null;
}

/** The last @ ends the credentials, since a password may contain one. */
function halves(rest: string): [string | null, string] {
  const at = rest.lastIndexOf('@');
  return at === -1 ? [null, rest] : [rest.slice(0, at), rest.slice(at + 1)];
}

function readHosts(authority: string, defaultPort: number): Result<RedisHost[], string> {
  const hosts: RedisHost[] = [];
  for (const [index, entry] of authority.split(',').entries()) {
    const [, v6, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(entry.trim()) ?? [];
    const host = v6 ?? name;
    const port = digits === undefined ? defaultPort : Number(digits);
    if (host === undefined || port < 1 || port > 65_535)
      return refused(`has something else than host:port at place ${index + 1}`);
    hosts.push({ host, port });
  }
  return { ok: true, value: hosts };
}

function readAccess(userinfo: string | null, tls: boolean): Result<RedisAccess, string> {
  const secure: RedisAccess = tls ? { tls: {} } : {};
  if (userinfo === null) return { ok: true, value: secure };
  const [user = '', ...rest] = userinfo.split(':');
  try {
    const username = decodeURIComponent(user);
    const password = decodeURIComponent(rest.join(':'));
    return { ok: true, value: { ...secure, ...(username && { username }), ...(password && { password }) } };
  } catch {
    return refused('has credentials that are not percent-encoded (a % in them is written %25)');
  }
}

const redisTarget = z.string().transform((text, issues): RedisTarget => {
  const target = readRedisTarget(text);
  if (target.ok) return target.value;
  issues.addIssue({ code: 'custom', message: target.problem });
  return z.NEVER;
});

const certificates = z.string().transform((path, issues): string => {
  const fault = (message: string): never => {
    issues.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (cause) {
    return fault(`can't be read (${cause instanceof Error && 'code' in cause ? cause.code : 'no such file'})`);
  }
  try {
    new X509Certificate(pem);
  } catch {
    return fault('has no certificate in it');
  }
  return pem;
});

/** The prefix of all keys. */
export const keyPrefix = z.string().regex(/^[A-Za-z0-9._-]{1,32}$/, 'is not allowed');

/** Reads the variables that configure the connection to Redis. A variable without effect is a fault. */
export function readRedis({ fault, optional, required }: EnvironmentReader): RedisTarget | null {
  const target = required('REDIS_URL', redisTarget);
  const ca = optional('REDIS_CA_FILE', certificates);
  const username = optional('REDIS_SENTINEL_USERNAME', z.string());
  const password = optional('REDIS_SENTINEL_PASSWORD', z.string());
  if (target === null) return null;
  if (ca !== null && !target.tls) fault('REDIS_CA_FILE', 'is set, and REDIS_URL does not begin with rediss');
  if (username !== null && password === null)
    fault('REDIS_SENTINEL_USERNAME', 'is set without REDIS_SENTINEL_PASSWORD');
  const secured = ca !== null && target.tls ? { ...target, tls: { ca } } : target;
  if (secured.kind === 'sentinel')
    return {
      ...secured,
      sentinelAccess: { ...(username !== null && { username }), ...(password !== null && { password }) },
    };
  for (const [name, value] of [
    ['REDIS_SENTINEL_USERNAME', username],
    ['REDIS_SENTINEL_PASSWORD', password],
  ] as const)
    if (value !== null) fault(name, 'is set, and REDIS_URL does not name sentinels');
  return secured;
}

function refused(problem: string): { ok: false; problem: string } {
  return { ok: false, problem };
}
