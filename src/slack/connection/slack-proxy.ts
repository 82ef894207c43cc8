import type { SocketModeReceiverOptions } from '@slack/bolt';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';

type SocketDispatcher = NonNullable<NonNullable<SocketModeReceiverOptions>['dispatcher']>;

/** The dispatcher for calls to Slack through a proxy; null: no proxy is configured. */
export type SlackProxy = Dispatcher & SocketDispatcher;

/** Only https and secure web sockets use the proxy. */
export function slackProxy(proxy: { url: string; noProxy: string } | null): SlackProxy | null {
  return proxy && new EnvHttpProxyAgent({ httpsProxy: proxy.url, httpProxy: '', noProxy: proxy.noProxy });
}

/** The platform's fetch with that dispatcher. undici's own fetch does not accept the platform's FormData. */
export function fetchThrough(dispatcher: SlackProxy | null): typeof fetch {
  if (dispatcher === null) return fetch;
  return (input, init) => {
    const options: RequestInit = { ...init };
    // The platform's types expect a dispatcher of the undici version that Node was built with.
    Reflect.set(options, 'dispatcher', dispatcher);
    return fetch(input, options);
  };
}
