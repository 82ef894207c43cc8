import type { SocketModeReceiver } from '@slack/bolt';

/** Counts the connections of Socket Mode that Slack has greeted and that are still open. */
export function countConnected(sockets: readonly SocketModeReceiver[]) {
  const connected = new Set<SocketModeReceiver>();
  let noneSince: number | null = performance.now();
  for (const socket of sockets) {
    socket.client.on('connected', () => {
      connected.add(socket);
      noneSince = null;
    });
    socket.client.on('close', () => {
      connected.delete(socket);
      if (connected.size === 0) noneSince ??= performance.now();
    });
  }
  return (): { kind: 'socket'; connected: number; noneForMs: number } => ({
    kind: 'socket',
    connected: connected.size,
    noneForMs: noneSince === null ? 0 : performance.now() - noneSince,
  });
}
