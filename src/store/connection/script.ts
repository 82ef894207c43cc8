import { readFileSync } from 'node:fs';
import type { Connection } from './connection.ts';

const FOLDER = new URL('../scripts/', import.meta.url);

type Run = (keys: string[], values: (string | number | Buffer)[]) => Promise<unknown>;

/** A script as Redis gets it: with its parts, which lie in a folder of their own, in their places. */
export function scriptText(name: string): string {
  const text = readFileSync(new URL(`${name}.lua`, FOLDER), 'utf8');
  return text.replace(/^-- @include (\S+)\n/gm, (_, part: string) => readFileSync(new URL(part, FOLDER), 'utf8'));
}

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
  const lua = scriptText(name);
  const command = `dst-${name}`;
  redis.defineCommand(command, { lua });
  // ioredis adds a method of that name, which its types can't know.
  const run: unknown = Reflect.get(redis, command);
  if (typeof run !== 'function') throw new Error(`${command} was not defined`);
  return (keys, values) => Reflect.apply(run, redis, [keys.length, ...keys, ...values]);
}
