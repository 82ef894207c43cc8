import type { Result } from './domain/result.ts';

/** Where Redis is. Cluster and Sentinel addresses have their credentials decoded; a single URL stays as it was given. */
export type RedisTarget =
  | { readonly kind: 'single'; readonly url: string }
  | ({ readonly kind: 'cluster'; readonly nodes: readonly RedisHost[] } & RedisAccess)
  | ({ readonly kind: 'sentinel'; readonly sentinels: readonly RedisHost[]; readonly name: string } & RedisAccess);

interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** How to get in: for Sentinel this is the primary's, not the sentinels' own. */
interface RedisAccess {
  readonly username?: string;
  readonly password?: string;
  /** Set for `rediss+…`. */
  readonly tls?: true;
}

const DEFAULT_PORT = { cluster: 6379, sentinel: 26_379 } as const;

/**
 * Reads `REDIS_URL`: `redis[s]://…`, `redis[s]+cluster://[user:password@]h:p[,h:p]`,
 * `redis[s]+sentinel://[user:password@]h:p[,h:p]/NAME`.
 * @returns the target, or what is wrong in words that repeat nothing of the address
 */
export function readRedisTarget(text: string): Result<RedisTarget, string> {
  const scheme = /^redis(s?)(\+cluster|\+sentinel)?:\/\//i.exec(text);
  if (scheme === null) return refused('does not begin with redis://, rediss://, redis+cluster:// or redis+sentinel://');
  if (scheme[2] === undefined) return single(text);

  const kind = scheme[2].toLowerCase() === '+cluster' ? 'cluster' : 'sentinel';
  // The last @ ends the credentials, since a password may hold one.
  const rest = text.slice(scheme[0].length);
  const at = rest.lastIndexOf('@');
  const access = readAccess(at === -1 ? null : rest.slice(0, at), scheme[1] !== '');
  if (!access.ok) return access;
  const [authority = '', ...path] = rest.slice(at + 1).split('/');
  const name = path.join('/');

  const hosts = readHosts(authority, DEFAULT_PORT[kind]);
  if (!hosts.ok) return hosts;
  if (kind === 'cluster') {
    if (name !== '') return refused('has a path after the hosts, and a Cluster has neither databases nor names');
    return { ok: true, value: { kind, nodes: hosts.value, ...access.value } };
  }
  if (!/^[\w.-]+$/.test(name)) return refused('does not end in /NAME, the name that the sentinels know the primary by');
  return { ok: true, value: { kind, sentinels: hosts.value, name, ...access.value } };
}

function single(text: string): Result<RedisTarget, string> {
  if (!URL.canParse(text))
    return refused('is not an address (special characters in a password must be percent-encoded)');
  const url = new URL(text);
  if (url.hostname === '') return refused('has no host');
  if (!/^\/?\d*$/.test(url.pathname)) return refused('has a path that is no database number');
  return { ok: true, value: { kind: 'single', url: text } };
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
  const secure: RedisAccess = tls ? { tls: true } : {};
  if (userinfo === null) return { ok: true, value: secure };
  const [user = '', ...rest] = userinfo.split(':');
  try {
    const username = decodeURIComponent(user);
    const password = decodeURIComponent(rest.join(':'));
    return { ok: true, value: { ...secure, ...(username && { username }), ...(password && { password }) } };
  } catch {
    return refused('has credentials that are not percent-encoded');
  }
}

function refused(problem: string): { ok: false; problem: string } {
  return { ok: false, problem };
}
