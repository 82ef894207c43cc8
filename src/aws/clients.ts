import { DataSyncClient, type DataSyncClientConfig } from '@aws-sdk/client-datasync';
import { LRUCache } from 'lru-cache';
import { type ChangeSession, type Credentials, type Keys, sessionKeyOf } from './credentials.ts';
import { requestHandler, type Way } from './time-limits.ts';

/** A Region comes from an ARN, which anybody may type. Beyond this many, the client used longest ago is closed. */
export const MAX_CLIENTS = 200;

/** The SDK's clients: one for each Region and role to read with, and one for each Region and session to change with. */
export interface Clients {
  /** A client whose keys are valid now. @throws AwsFault where none can be had */
  reader(region: string, role: string | null): Promise<DataSyncClient>;
  /** The same for a change. Without a role the keys are the bot's own, whatever is changed. */
  changer(region: string, role: string | null, session: ChangeSession, executionArn: string): Promise<DataSyncClient>;
  close(): void;
}

export function createClients(credentials: Credentials, way: Way): Clients {
  const readers = clientsByKey();
  const changers = clientsByKey();

  /** `keysOf` is called here, so that a fault of it is not taken for one of DataSync, and the client doesn't retry it. */
  async function clientOf(
    known: ReturnType<typeof clientsByKey>,
    key: string,
    keysOf: () => Promise<Keys>,
    config: DataSyncClientConfig,
  ): Promise<DataSyncClient> {
    await keysOf();
    const existing = known.get(key);
    if (existing) return existing;
    // `memoized`: otherwise the client would cache them too, and renew them by a clock of its own.
    const client = new DataSyncClient({ ...config, credentials: Object.assign(() => keysOf(), { memoized: true }) });
    known.set(key, client);
    return client;
  }

  return {
    reader: (region, role) =>
      clientOf(readers, `${region} ${role ?? ''}`, () => credentials.read(role, region), {
        region,
        maxAttempts: 3,
        requestHandler: requestHandler(way),
      }),
    // One attempt, since a late retry could overwrite a newer value. The other end may just have closed a connection that is
    // kept for long, and the one attempt would be wasted. So a change is sent on the connection of the look before it, or a new one.
    changer: (region, role, session, executionArn) => {
      const key = role === null ? region : `${region} ${sessionKeyOf(role, session, executionArn)}`;
      return clientOf(changers, key, () => credentials.change(role, region, session, executionArn), {
        region,
        maxAttempts: 1,
        requestHandler: requestHandler(way, way.limits.changeIdle),
      });
    },
    close: () => {
      readers.clear();
      changers.clear();
    },
  };
}

function clientsByKey() {
  return new LRUCache<string, DataSyncClient>({ max: MAX_CLIENTS, dispose: (client) => client.destroy() });
}
