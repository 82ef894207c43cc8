import { z } from 'zod';
import type { DatedEvent } from '../audit/audit-event.ts';
import { looseObject } from '../audit/loose-object.ts';
import { timestamp } from '../audit/timestamp.ts';

const linkDue = looseObject({
  /** Bytes per second, -1 unlimited. */
  capacity: z.number(),
  /** The window that is in effect, as the policy has it; null: none is. */
  window: z.string().nullable(),
  since: timestamp,
  /** When something else is due; null: never, as far as the timetable says. */
  until: timestamp.nullable(),
});

export const linkState = looseObject({
  link: z.string(),
  /** How many events it has been folded from. */
  version: z.number(),
  /** What is due for the link, as it was last recorded; null: nothing is on record. */
  due: linkDue.nullable(),
});

/** A link as its audit records tell. */
export type LinkState = z.infer<typeof linkState>;

/** The next state of a link. Events that are not about what is due for it leave it unchanged. */
export function evolveLink(before: LinkState | null, event: DatedEvent): LinkState | null {
  if (event.event !== 'link.window') return before;
  const { link, to, detail, at } = event;
  if (typeof link !== 'string' || to === null) throw new Error('link.window without its link or its capacity');
  if (before && before.link !== link) throw new Error(`record of ${link} folded into ${before.link}`);
  const { window, until } = detail;
  return { link, version: (before?.version ?? 0) + 1, due: { capacity: to, window, since: at, until } };
}
