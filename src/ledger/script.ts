import { readFileSync } from 'node:fs';
import type { Connection } from './connection.ts';

type Run = (keys: string[], values: (string | number | Buffer)[]) => Promise<unknown>;

/** A Lua script of this folder, run by its hash and sent anew to a Redis that does not know it. */
export function loadScript(
  redis: Connection,
  name:
    | 'accept-loss'
    | 'beat'
    | 'commit'
    | 'count-use'
    | 'drop-consumers'
    | 'due-timers'
    | 'leave'
    | 'lock'
    | 'mark-unfinished'
    | 'prove'
    | 'renew'
    | 'settle'
    | 'take-place'
    | 'take-unfinished',
): Run {
  const lua = readFileSync(new URL(`${name}.lua`, import.meta.url), 'utf8');
  const command = `dst-${name}`;
  redis.defineCommand(command, { lua });
  // ioredis adds a method of that name, which its types can't know.
  const run: unknown = Reflect.get(redis, command);
  if (typeof run !== 'function') throw new Error(`${command} was not defined`);
  return (keys, values) => Reflect.apply(run, redis, [keys.length, ...keys, ...values]);
}
