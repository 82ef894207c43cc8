import { setTimeout as sleep } from 'node:timers/promises';
import type { App, SocketModeReceiver } from '@slack/bolt';
import type { Log } from '../../logging/logger.ts';
import { sleepUntilAborted } from '../../timing/sleep-until-aborted.ts';
import { retryAfter } from './retry-after.ts';

export interface SocketPoolOptions {
  /** A new connection, not yet open, that does not reconnect by itself. */
  make(): SocketModeReceiver;
  log: Log;
  /** The number of connections to keep open. */
  size: number;
  /** When the second connection is first renewed, so that Slack does not end two of the same age at once. */
  staggerMs?: number;
}

export interface SocketState {
  kind: 'socket';
  /** Connections that Slack has greeted and that are open. */
  connected: number;
  /** How long there has been no connection; 0 while there is one. */
  noneForMs: number;
}

const STAGGER_MS = 20 * 60_000;
/** If Slack's `hello` has not arrived by then, the connection has failed. */
const OPEN_MS = 15_000;
/** Requests received on the old connection are answered on it; a submit takes 2.5 s at most. */
const LINGER_MS = 3500;
const AGAIN_MS = 500;
const MAX_BACKOFF_MS = 15_000;

interface PooledSocket {
  socket: SocketModeReceiver;
  /** `renew`: Slack is about to close it. `lost`: it is closed. */
  ended: Promise<'renew' | 'lost'>;
}

/**
 * Keeps Socket Mode connections open. A connection that Slack wants renewed
 * (docs.slack.dev/apis/events-api/using-socket-mode) is closed only after its replacement is open. The client alone
 * would close it and wait 5 s, for all connections at once.
 */
export function createSocketPool({ make, log, size, staggerMs = STAGGER_MS }: SocketPoolOptions) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const stopped = new Promise<'stopped'>((resolve) => {
    signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  const open = new Set<SocketModeReceiver>();
  let app: App | null = null;
  let noneSince: number | null = performance.now();

  async function connect(): Promise<PooledSocket> {
    if (app === null) throw new Error('Socket Mode without an app');
    const socket = make();
    socket.init(app);
    const ended = endOf(socket);
    const late = sleep(OPEN_MS, null, { ref: false }).then(() => {
      throw new Error('Slack did not greet a connection in time');
    });
    try {
      await Promise.race([socket.start(), late]);
    } catch (fault) {
      await socket.stop();
      // The client gives no error if the connection was closed before Slack's `hello`.
      throw fault ?? new Error('a connection was closed before Slack greeted it');
    } finally {
      // The race has been decided: that nobody waits for the time limit any more is no unhandled error.
      late.catch(() => undefined);
    }
    open.add(socket);
    noneSince = null;
    void ended.then((how) => how === 'lost' && forget(socket));
    return { socket, ended };
  }

  function forget(socket: SocketModeReceiver): void {
    open.delete(socket);
    if (open.size === 0) noneSince ??= performance.now();
  }

  /** Tries until a connection is open; null if stopped. */
  async function connectAgain(): Promise<PooledSocket | null> {
    for (let wait = AGAIN_MS; !signal.aborted; wait = Math.min(wait * 2, MAX_BACKOFF_MS)) {
      try {
        const held = await connect();
        if (!signal.aborted) return held;
        await held.socket.stop();
      } catch (err) {
        const seconds = retryAfter(err);
        log.warn({ err }, 'no Socket Mode connection could be opened, will try again');
        await sleepUntilAborted(seconds === null ? wait : seconds * 1000, signal);
      }
    }
    return null;
  }

  function retire(socket: SocketModeReceiver, afterMs: number): void {
    void sleepUntilAborted(afterMs, signal)
      .then(() => socket.stop())
      .catch((err: unknown) => log.debug({ err }, 'an old Socket Mode connection did not close'))
      .finally(() => forget(socket));
  }

  async function keep(first: PooledSocket | null, firstLifeMs: number | null): Promise<void> {
    let held = first ?? (await connectAgain());
    const aged = firstLifeMs === null ? null : sleep(firstLifeMs, 'renew' as const, { signal, ref: false });
    let age = aged?.catch(() => 'stopped' as const) ?? null;
    while (held) {
      const { socket, ended }: PooledSocket = held;
      const how = await Promise.race([ended, stopped, ...(age ? [age] : [])]);
      if (how === 'stopped') return;
      age = null;
      const next = await connectAgain();
      retire(socket, how === 'renew' ? LINGER_MS : 0);
      held = next;
    }
  }

  return {
    init(of: App): void {
      app = of;
    },
    /** @throws if the first connection can't be opened */
    async start(): Promise<void> {
      const first = await connect();
      for (let place = 0; place < size; place += 1) {
        const keeping = keep(place === 0 ? first : null, place === 1 ? staggerMs : null);
        keeping.catch((err: unknown) => log.error({ err }, 'a Socket Mode connection is no longer held'));
      }
    },
    async stop(): Promise<void> {
      stopping.abort();
      await Promise.all([...open].map((socket) => socket.stop()));
    },
    state: (): SocketState => ({
      kind: 'socket',
      connected: open.size,
      noneForMs: noneSince === null ? 0 : performance.now() - noneSince,
    }),
  };
}

/**
 * Resolves when a connection ends, and says why. Slack's request to renew it is hidden from the client, which would
 * close it at once.
 */
function endOf({ client }: SocketModeReceiver): Promise<'renew' | 'lost'> {
  const theirs = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  return new Promise((resolve) => {
    client.on('ws_message', (data: unknown, isBinary: unknown) => {
      if (isDisconnect(data)) resolve('renew');
      else for (const listener of theirs) listener(data, isBinary);
    });
    client.once('disconnected', () => resolve('lost'));
  });
}

function isDisconnect(data: unknown): boolean {
  if (typeof data !== 'string' || !data.includes('"disconnect"')) return false;
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === 'object' && message !== null && 'type' in message && message.type === 'disconnect';
  } catch {
    return false;
  }
}
