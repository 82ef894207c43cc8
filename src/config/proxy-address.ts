import { z } from 'zod';

/** The proxy for https addresses. */
export interface ProxyWay {
  /** `http://[user:password@]host[:port]`, or https. */
  readonly url: string;
  /** Hosts that bypass the proxy, in the form of NO_PROXY; each includes its subdomains. */
  readonly noProxy: string;
}

/** The first minor version of each major version whose `http` module supports proxies, which the AWS SDK needs. */
const MIN_NODE_MINOR: Readonly<Record<string, number>> = { 22: 21, 24: 5 };

export const proxyAddress = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:\/\/[^/]/i.test(text), { message: 'is not an address', abort: true })
  .transform((text) => new URL(text))
  .refine((url) => url.pathname === '/' && !url.search && !url.hash, 'has more than a host and a port')
  .refine(
    (url) => isDecodable(url.username) && isDecodable(url.password),
    'has a % that is not one of an encoded character',
  )
  .refine(
    () => canProxy(process.versions.node),
    'is set, and this Node.js is too old to use it: 22.21 or later, or 24.5 or later',
  )
  .transform((url) => url.href);

/** Whether the `http` module of this version of Node supports proxies. */
export function canProxy(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const least = MIN_NODE_MINOR[major];
  return least === undefined ? major > 24 : minor >= least;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
