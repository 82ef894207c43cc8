import { setTimeout as sleep } from 'node:timers/promises';
import { NotRead, NotRecorded, OutcomeUnknown } from '../workflow/faults.ts';
import type { Connection } from './connection.ts';
import { isPassing, isReply } from './redis-away.ts';
import { isHandingOver } from './sentinel-failover.ts';

const AGAIN_MS = 250;
/** The one place that tells "not sent" from "sent, and no answer". */
export function createGate(redis: Connection) {
  /** @throws NotRecorded where Redis can't be reached or refuses; OutcomeUnknown where it went silent. */
  async function write<T>(op: string, command: () => Promise<T>): Promise<T> {
    if (redis.status !== 'ready') throw new NotRecorded(`Redis can't be reached (${redis.status})`);
    if (isHandingOver(redis)) throw new NotRecorded('Redis hands over to another primary');
    try {
      return await command();
    } catch (cause) {
      if (isReply(cause)) throw new NotRecorded('Redis refused the write', { cause });
      if (isNotSent(cause)) throw new NotRecorded("Redis can't be reached", { cause });
      throw new OutcomeUnknown(op, new Promise(() => undefined), cause);
    }
  }

  /** @throws NotRead where Redis can't answer: a read leaves nothing in doubt. */
  async function read<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await command();
    } catch (cause) {
      throw new NotRead('Redis does not answer', { cause });
    }
  }

  /** Asks until Redis answers. For commands that may be repeated. */
  async function untilAnswered<T>(command: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await command();
      } catch (cause) {
        if (isReply(cause) && !isPassing(cause)) throw cause;
        if (redis.status === 'end') throw cause;
        await sleep(AGAIN_MS);
      }
    }
  }

  return { write, read, untilAnswered };
}

export type Gate = ReturnType<typeof createGate>;

/** ioredis says it in words alone: with its offline queue off, a command that finds no open socket is never written. */
function isNotSent(cause: unknown): boolean {
  return cause instanceof Error && /isn't (writeable|ready) and enableOfflineQueue/.test(cause.message);
}
