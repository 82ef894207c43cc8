import type { Link } from '../../../domain/link/link.ts';
import { dueWords } from '../../../domain/link/link-words.ts';
import type { LinkOutlook } from '../../../workflow/queries/links/link-outlook.ts';
import { dateToken } from '../text/text.ts';

/** When the capacity changes next, and to what. */
export function nextWords({ next }: LinkOutlook, link: Link): string {
  return next === null ? 'none' : `${dateToken(next.at.toISOString())} → ${dueWords(next.due, link)}`;
}
