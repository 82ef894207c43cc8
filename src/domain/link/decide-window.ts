import type { EventOf } from '../audit/audit-event.ts';
import { plainEvent } from '../audit/audit-record.ts';
import type { Link } from './link.ts';
import type { LinkState } from './link-state.ts';
import type { Due } from './week.ts';
import { windowWords } from './window-words.ts';

/** What is due for a link now, where the records say otherwise; null: it is on record. */
export function decideWindow(
  link: Link,
  state: LinkState | null,
  { due, until, policy }: { due: Due; until: Date | null; policy: string },
): EventOf<'link.window'> | null {
  const window = due.window === null ? null : windowWords(due.window);
  const known = state?.due ?? null;
  if (known && known.capacity === due.capacity && known.window === window) return null;
  return plainEvent('link.window', {
    link: link.name,
    from: known?.capacity ?? null,
    to: due.capacity,
    policy,
    detail: { window, zone: link.zone, until: until?.toISOString() ?? null },
  });
}
