import { readRedisConfig } from '../../config/redis-config.ts';
import { createDeadLetters } from '../../store/work/dead-letters.ts';
import { orCannotRun, withLog } from '../audit/open-log.ts';
import type { Terminal } from '../terminal.ts';

/** Lets `work` use the dead letters in the Redis of the configuration. */
export function withDeadLetters<T>(
  terminal: Terminal,
  work: (letters: ReturnType<typeof createDeadLetters>) => Promise<T>,
): Promise<T> {
  const config = orCannotRun(readRedisConfig(terminal.env));
  return withLog(config, (redis, keys) => work(createDeadLetters(redis, keys)));
}
