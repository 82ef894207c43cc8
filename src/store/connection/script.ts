import { readFileSync } from 'node:fs';
import type { Connection } from './connection.ts';

const FOLDER = new URL('../scripts/', import.meta.url);

type Run = (keys: string[], values: (string | number | Buffer)[]) => Promise<unknown>;

/** Loads a Lua script of `FOLDER`. It is run by its hash, and sent again to a Redis that does not know it. */
export function loadScript(
  redis: Connection,
  name:
    | 'accept-loss'
    | 'commit'
    | 'count-use'
    | 'drop-consumers'
    | 'drop-field'
    | 'hand-back-work'
    | 'heartbeat'
    | 'lock'
    | 'move-due-timers'
    | 'probe-write'
    | 'renew-claim'
    | 'retry-dead-letters'
    | 'settle-work'
    | 'take-quota'
    | 'take-unfinished'
    | 'touch-unfinished',
): Run {
  const lua = readFileSync(new URL(`${name}.lua`, FOLDER), 'utf8');
  const command = `dst-${name}`;
  redis.defineCommand(command, { lua });
  // ioredis adds a method of that name, which its types can't know.
  const run: unknown = Reflect.get(redis, command);
  if (typeof run !== 'function') throw new Error(`${command} was not defined`);
  return (keys, values) => Reflect.apply(run, redis, [keys.length, ...keys, ...values]);
}
