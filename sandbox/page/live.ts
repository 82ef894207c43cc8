import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Told } from './page-state.ts';

/** Changes that come together are told together. */
const GATHER_MS = 15;
/** Bytes flow without an event. */
const TICK_MS = 500;

/**
 * Everybody who has the page open, over a web socket each: of anything else over HTTP/1.1 a browser keeps six
 * connections to one host, and the seventh tab would wait for ever.
 */
export interface Live {
  /** `told` is asked again and again; of what it answers only what has changed is sent. */
  join(request: IncomingMessage, socket: Duplex, head: Buffer, told: () => Told): void;
  changed(): void;
  stop(): void;
}

export function createLive(): Live {
  const server = new WebSocketServer({ noServer: true });
  const readers = new Map<WebSocket, () => void>();
  let gathering: NodeJS.Timeout | undefined;
  const tell = (): void => {
    gathering = undefined;
    for (const send of readers.values()) send();
  };
  const ticking = setInterval(tell, TICK_MS);
  const welcome = (reader: WebSocket, told: () => Told): void => {
    const sent = new Map<string, string>();
    const send = (): void => {
      const parts = Object.entries(told()).map(([name, part]) => [name, JSON.stringify(part)] as const);
      const news = parts.filter(([name, body]) => sent.get(name) !== body);
      if (news.length === 0) return;
      for (const [name, body] of news) sent.set(name, body);
      reader.send(`{${news.map(([name, body]) => `"${name}":${body}`).join(',')}}`);
    };
    readers.set(reader, send);
    reader.on('error', () => reader.terminate());
    reader.on('close', () => readers.delete(reader));
    send();
  };
  return {
    join: (request, socket, head, told) => {
      server.handleUpgrade(request, socket, head, (reader) => welcome(reader, told));
    },
    changed: () => {
      gathering ??= setTimeout(tell, GATHER_MS);
    },
    stop: () => {
      clearInterval(ticking);
      clearTimeout(gathering);
      for (const reader of readers.keys()) reader.terminate();
    },
  };
}
