import type { Reminders } from '../../workflow/commands/remind-approvers.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { createRedisOutcome } from '../connection/redis-outcome.ts';

/** Longer than a request can wait for approval. */
const KEPT_SECONDS = 8 * 86_400;

/** Stored before a reminder is sent: if the bot dies in between, somebody gets none, and nobody gets two. */
export function createReminders(redis: Connection, keys: Keys): Reminders {
  const { read } = createRedisOutcome(redis);
  return {
    async begin(request, nth, user) {
      const taken = await read(() => redis.set(keys.reminder(request, nth, user), '1', 'EX', KEPT_SECONDS, 'NX'));
      return taken !== null;
    },
    async undo(request, nth, user) {
      await redis.del(keys.reminder(request, nth, user));
    },
  };
}
