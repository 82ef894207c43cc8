import type { SocketModeReceiverOptions } from '@slack/bolt';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';

type SocketDispatcher = NonNullable<NonNullable<SocketModeReceiverOptions>['dispatcher']>;

/** The way to Slack through a proxy; null: none is set. */
export type SlackProxy = Dispatcher & SocketDispatcher;

/** Only https, and web sockets over it, go through the proxy. */
export function slackProxy(proxy: { url: string; noProxy: string } | null): SlackProxy | null {
  return proxy && new EnvHttpProxyAgent({ httpsProxy: proxy.url, httpProxy: '', noProxy: proxy.noProxy });
}

/** The platform's fetch by that way: undici's own knows no FormData of the platform. */
export function fetchThrough(dispatcher: SlackProxy | null): typeof fetch {
  if (dispatcher === null) return fetch;
  return (input, init) => {
    const options: RequestInit = { ...init };
    // The platform's types have it of the undici that Node was built with.
    Reflect.set(options, 'dispatcher', dispatcher);
    return fetch(input, options);
  };
}
