import type { Reminders } from '../workflow/remind-approvers.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';

/** Longer than a request can wait. */
const KEPT_SECONDS = 8 * 86_400;

/** Marked before it is sent: a bot that dies in between leaves somebody without a reminder, and nobody with two. */
export function createReminders(redis: Connection, keys: Keys): Reminders {
  const { read } = createGate(redis);
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
