import { createHash } from 'node:crypto';
import { liveEditDue } from '../../domain/execution/watch-pace.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import { dateToken, type MessageView } from '../views/text/text.ts';

/** What a card showed when it was edited last, and when that was (epoch ms), over all bots. */
interface ShownCards {
  last(request: string): Promise<{ digest: string; at: number } | null>;
  keep(request: string, shown: { digest: string; at: number }): Promise<void>;
}

/** A card that was not looked at for this long is no longer watched, or is watched by another bot. */
const WATCHED_MS = 10 * 60_000;

/**
 * Decides which edits that only show a transfer's progress are worth making: those that show something new, less often the more
 * cards are watched.
 */
export function createProgressEdits({ shown, clock }: { shown: ShownCards; clock: Clock }) {
  /** When each card was last looked at, the oldest first. */
  const watched = new Map<string, number>();

  function countWatched(request: string, now: number): number {
    watched.delete(request);
    watched.set(request, now);
    for (const [other, at] of watched) {
      if (at + WATCHED_MS > now) break;
      watched.delete(other);
    }
    return watched.size;
  }

  return {
    /** Whether the card should be edited now. If not, the next look at the execution brings a newer state. */
    async isDue(request: string, message: MessageView, lookedAt: string | null): Promise<boolean> {
      const now = clock.now().getTime();
      const cards = countWatched(request, now);
      const last = await shown.last(request);
      if (!last) return true;
      const changed = last.digest !== digestOf(message, lookedAt);
      return liveEditDue({ secondsSince: (now - last.at) / 1000, changed, cards });
    },
    /** The card was edited, for whatever reason. */
    async record(request: string, message: MessageView, lookedAt: string | null): Promise<void> {
      await shown.keep(request, { digest: digestOf(message, lookedAt), at: clock.now().getTime() });
    },
  };
}

export type ProgressEdits = ReturnType<typeof createProgressEdits>;

/** Of what a reader sees, without the time at which AWS was asked. */
function digestOf(message: MessageView, lookedAt: string | null): string {
  const text = JSON.stringify(message);
  const plain = lookedAt === null ? text : text.replaceAll(JSON.stringify(dateToken(lookedAt)).slice(1, -1), '');
  return createHash('sha256').update(plain).digest('base64url');
}
