import { DataSyncClient } from '@aws-sdk/client-datasync';
import { LRUCache } from 'lru-cache';
import type { ChangeSession, Credentials, Keys } from './credentials.ts';
import { requestHandler, type Way } from './time-limits.ts';

/** A Region comes from an ARN, which anybody may type. Beyond this many, the client used longest ago is closed. */
export const MAX_CLIENTS = 200;

/** The SDK's clients: one for each Region and role to read with, and one of its own for each change. */
export interface Clients {
  /** A client whose keys are valid now. @throws AwsFault where none can be had */
  reader(region: string, role: string | null): Promise<DataSyncClient>;
  /** The caller destroys it. */
  changer(region: string, role: string | null, session: ChangeSession, executionArn: string): Promise<DataSyncClient>;
  close(): void;
}

export function createClients(credentials: Credentials, way: Way): Clients {
  const readers = new LRUCache<string, DataSyncClient>({ max: MAX_CLIENTS, dispose: (client) => client.destroy() });
  return {
    reader: async (region, role) => {
      // Fetched here, so that a fault of theirs is not taken for one of DataSync, and the client doesn't retry it.
      await credentials.read(role, region);
      const key = `${region} ${role ?? ''}`;
      const existing = readers.get(key);
      if (existing) return existing;
      // `memoized`: otherwise the client would cache them too, and renew them by a clock of its own.
      const keys = Object.assign(() => credentials.read(role, region), { memoized: true });
      const client = newClient(region, keys, 3, way);
      readers.set(key, client);
      return client;
    },
    // One attempt, since a late retry could overwrite a newer value. And a connection of its own: a kept one may just have been
    // closed by the other end, and the one attempt would be wasted.
    changer: async (region, role, session, executionArn) =>
      newClient(region, await credentials.change(role, region, session, executionArn), 1, way),
    close: () => readers.clear(),
  };
}

function newClient(
  region: string,
  credentials: Keys | (() => Promise<Keys>),
  maxAttempts: number,
  way: Way,
): DataSyncClient {
  return new DataSyncClient({ region, credentials, maxAttempts, requestHandler: requestHandler(way) });
}
