import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface ConnectProxy {
  url: string;
  /** `host:port` of each tunnel that was asked for, with the credentials that came along. */
  asked: { to: string; credentials: string | null }[];
  until(to: string): Promise<void>;
  stop(): Promise<void>;
}

/** A proxy that takes note of every CONNECT and lets nobody through: no test reaches past this machine. */
export async function startConnectProxy(userinfo = ''): Promise<ConnectProxy> {
  const asked: ConnectProxy['asked'] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', (data) => {
      const [, to = '?'] = /^CONNECT (\S+) HTTP/.exec(String(data)) ?? [];
      const [, encoded] = /^proxy-authorization: Basic (\S+)/im.exec(String(data)) ?? [];
      asked.push({ to, credentials: encoded === undefined ? null : Buffer.from(encoded, 'base64').toString() });
      for (const look of waiting) look();
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://${userinfo}127.0.0.1:${address.port}`,
    asked,
    until: (to) =>
      new Promise((resolve) => {
        const look = () => {
          if (!asked.some((one) => one.to === to)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
