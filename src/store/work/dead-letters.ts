import type { DeadLetter } from '../../workflow/ports/outbox.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { loadScript } from '../connection/script.ts';
import { KINDS, MAX_DEAD_LETTERS, outboxKey, STREAMS } from './work-keys.ts';

/** `unknown`: this version can't read it or doesn't know its kind, so it stays. */
export type Retried = 'sent' | 'missing' | 'unknown';

/** The dead letters in Redis: a stream, oldest first. */
export function createDeadLetters(redis: Connection, keys: Keys) {
  const runRetry = loadScript(redis, 'retry-dead-letters');
  const names = [keys.deadLetters, ...STREAMS.map((stream) => outboxKey(keys, stream))];
  return {
    async list(): Promise<DeadLetter[]> {
      const entries = await redis.xrange(keys.deadLetters, '-', '+', 'COUNT', MAX_DEAD_LETTERS);
      return entries.map(([id, fields]) => {
        const of = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
        return { id, at: new Date(Number.parseInt(id, 10)), text: of('e'), why: of('why') };
      });
    },
    /** Gives them back to the workers. What became of each, in the order of `ids`. */
    async retry(ids: readonly string[]): Promise<Retried[]> {
      return (await runRetry(names, [KINDS, JSON.stringify(ids)])) as Retried[];
    },
  };
}
