import type { WebClient } from '@slack/web-api';
import { LRUCache } from 'lru-cache';

/** The address of a message; null where Slack names none. @throws what the call throws, which is not kept */
export type Permalinks = (message: { channel: string; ts: string }) => Promise<string | null>;

/** More than the open requests that people look at. */
const MAX_PERMALINKS = 2000;

/** Keeps the addresses of messages, which never change: the Home tab shows the same ones again and again. */
export function createPermalinks(client: Pick<WebClient, 'chat'>): Permalinks {
  const links = new LRUCache<string, { url: string | null }, { channel: string; ts: string }>({
    max: MAX_PERMALINKS,
    ignoreFetchAbort: true,
    fetchMethod: async (_, __, { context: { channel, ts } }) => {
      const { permalink } = await client.chat.getPermalink({ channel, message_ts: ts });
      return { url: permalink ?? null };
    },
  });
  return async (message) => (await links.forceFetch(`${message.channel} ${message.ts}`, { context: message })).url;
}
