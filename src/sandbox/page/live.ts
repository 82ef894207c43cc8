import type { ServerResponse } from 'node:http';
import type { Told } from './page-state.ts';

/** Changes that come together are told together. */
const GATHER_MS = 15;
/** Bytes flow without an event. */
const TICK_MS = 500;

/** Everybody who has the page open, over server-sent events. */
export interface Live {
  /** `told` is asked again and again; of what it answers only what has changed is sent. */
  join(response: ServerResponse, told: () => Told): void;
  changed(): void;
  stop(): void;
}

export function createLive(): Live {
  const readers = new Set<() => void>();
  let gathering: NodeJS.Timeout | undefined;
  const tell = (): void => {
    gathering = undefined;
    for (const send of readers) send();
  };
  const ticking = setInterval(tell, TICK_MS);
  const endings = new Set<() => void>();
  return {
    join: (response, told) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      const sent = new Map<string, string>();
      const send = (): void => {
        for (const [name, part] of Object.entries(told())) {
          const body = JSON.stringify(part);
          if (sent.get(name) === body) continue;
          sent.set(name, body);
          response.write(`event: ${name}\ndata: ${body}\n\n`);
        }
      };
      const end = (): void => {
        readers.delete(send);
        endings.delete(end);
        response.end();
      };
      readers.add(send);
      endings.add(end);
      response.once('close', end);
      send();
    },
    changed: () => {
      gathering ??= setTimeout(tell, GATHER_MS);
    },
    stop: () => {
      clearInterval(ticking);
      clearTimeout(gathering);
      for (const end of [...endings]) end();
    },
  };
}
