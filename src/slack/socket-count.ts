import type { SocketModeReceiver } from '@slack/bolt';

export interface SocketState {
  kind: 'socket';
  /** Connections that Slack has greeted and that are open. */
  connected: number;
  /** How long there has been none; 0 while there is one. */
  noneForMs: number;
}

/** Counts the connections of Socket Mode, over all receivers that it was given to watch. */
export function createSocketCount() {
  const connected = new Set<SocketModeReceiver>();
  let noneSince: number | null = performance.now();
  return {
    /** The same receiver. */
    watched(socket: SocketModeReceiver): SocketModeReceiver {
      socket.client.on('connected', () => {
        connected.add(socket);
        noneSince = null;
      });
      socket.client.on('close', () => {
        connected.delete(socket);
        if (connected.size === 0) noneSince ??= performance.now();
      });
      return socket;
    },
    state: (): SocketState => ({
      kind: 'socket',
      connected: connected.size,
      noneForMs: noneSince === null ? 0 : performance.now() - noneSince,
    }),
  };
}
