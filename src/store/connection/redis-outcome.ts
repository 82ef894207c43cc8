import { setTimeout as sleep } from 'node:timers/promises';
import { NotRead, NotRecorded, OutcomeUnknown } from '../../workflow/faults.ts';
import type { Connection } from './connection.ts';
import { isErrorReply, isTransient } from './redis-unavailable.ts';
import { isHandingOver } from './sentinel-failover.ts';

const RETRY_MS = 250;

/** Tells what became of a command that failed: in particular "not sent" from "sent, and no answer". */
export function createRedisOutcome(redis: Connection) {
  /** @throws NotRecorded where Redis can't be reached or refuses; OutcomeUnknown where it doesn't answer. */
  async function write<T>(op: string, command: () => Promise<T>): Promise<T> {
    if (redis.status !== 'ready') throw new NotRecorded(`Redis can't be reached (${redis.status})`);
    if (isHandingOver(redis)) throw new NotRecorded('Redis hands over to another primary');
    try {
      return await command();
    } catch (cause) {
      if (isErrorReply(cause)) throw new NotRecorded('Redis refused the write', { cause });
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

  /** Repeats a command until Redis answers. Only for commands that are safe to repeat. */
  async function retryUntilAnswered<T>(command: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await command();
      } catch (cause) {
        if (isErrorReply(cause) && !isTransient(cause)) throw cause;
        if (redis.status === 'end') throw cause;
        await sleep(RETRY_MS);
      }
    }
  }

  return { write, read, retryUntilAnswered };
}

export type RedisOutcome = ReturnType<typeof createRedisOutcome>;

/** With its offline queue off, ioredis never writes a command that finds no open socket. Only the message says so. */
function isNotSent(cause: unknown): boolean {
  return cause instanceof Error && /isn't (writeable|ready) and enableOfflineQueue/.test(cause.message);
}
