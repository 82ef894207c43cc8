import { DataSyncClient } from '@aws-sdk/client-datasync';
import { createBoundedMap } from '../bounded-map.ts';
import type { ChangeSession, Credentials, Keys } from './credentials.ts';
import { requestHandler, type Way } from './time-limits.ts';

/** A Region comes from an ARN, and anybody may type one. The one used longest ago is closed. */
export const MOST_CLIENTS = 200;

/** The SDK's clients, one a Region and role for reading, and one of its own for each change. */
export interface Clients {
  /** With keys that are good now. Throws the AwsFault of getting them. */
  reader(region: string, role: string | null): Promise<DataSyncClient>;
  /** The caller destroys it. */
  changer(region: string, role: string | null, session: ChangeSession, executionArn: string): Promise<DataSyncClient>;
  close(): void;
}

export function createClients(credentials: Credentials, way: Way): Clients {
  const readers = createBoundedMap<string, DataSyncClient>(MOST_CLIENTS, (client) => client.destroy());
  return {
    reader: async (region, role) => {
      // Asked for here, so that their fault is told apart from DataSync's and isn't repeated by the client.
      await credentials.read(role, region);
      const key = `${region} ${role ?? ''}`;
      const existing = readers.get(key);
      if (existing) return existing;
      // Kept and renewed there alone: else the client keeps them too, and renews them by a clock of its own.
      const keys = Object.assign(() => credentials.read(role, region), { memoized: true });
      const client = newClient(region, keys, 3, way);
      readers.set(key, client);
      return client;
    },
    // One attempt: a late repeat could overwrite a newer value. And a connection of its own: on an old one that the other
    // end has just closed, the one attempt would be lost without need.
    changer: async (region, role, session, executionArn) =>
      newClient(region, await credentials.change(role, region, session, executionArn), 1, way),
    close: () => {
      for (const client of readers.values()) client.destroy();
      readers.clear();
    },
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
