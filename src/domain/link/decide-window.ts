import type { EventOf } from '../audit/audit-event.ts';
import { plainEvent } from '../audit/audit-record.ts';
import type { Link } from './link.ts';
import type { LinkState } from './link-state.ts';
import type { Due } from './week.ts';
import { windowWords } from './window-words.ts';

/** Since when this has been due, as it is on record; null: the records say something else. */
export function sinceWhen({ capacity, window }: Due, state: LinkState | null): string | null {
  const known = state?.due ?? null;
  const isKnown = known?.capacity === capacity && known.window === wordsOf(window);
  return isKnown ? known.since : null;
}

function wordsOf(window: Due['window']): string | null {
  return window === null ? null : windowWords(window);
}

/** What is due for a link now, where the records say otherwise; null: it is on record. */
export function decideWindow(
  link: Link,
  state: LinkState | null,
  { due, until, policy }: { due: Due; until: Date | null; policy: string },
): EventOf<'link.window'> | null {
  const window = wordsOf(due.window);
  const known = state?.due ?? null;
  if (sinceWhen(due, state) !== null) return null;
  return plainEvent('link.window', {
    link: link.name,
    from: known?.capacity ?? null,
    to: due.capacity,
    policy,
    detail: { window, zone: link.zone, until: until?.toISOString() ?? null },
  });
}
