import type { Link } from '../../domain/link/link.ts';
import { dueWords, memberWords, sharingWords } from '../../domain/link/link-words.ts';
import type { Due } from '../../domain/link/week.ts';
import { windowWords } from '../../domain/link/window-words.ts';
import { NOT_APPLIED } from '../../domain/policy/links/links-not-applied.ts';
import { writeUntil } from '../../domain/time/until.ts';
import type { LinkOutlook } from '../../workflow/queries/links/link-outlook.ts';

/** What the policy says of a link at a time, as pairs of name and text. */
export function aboutLink(link: Link, { at, due, next }: LinkOutlook): [string, string][] {
  return [
    ['link', link.about === null ? link.name : `${link.name} (${link.about})`],
    ['members', memberWords(link)],
    ['sharing', sharingWords(link)],
    ['at', timeWords(at, link)],
    ['capacity', dueWords(due, link)],
    ['next', next === null ? 'no change' : `${timeWords(next.at, link)}: ${dueWords(next.due, link)}`],
    ['status', NOT_APPLIED],
  ];
}

/** The same for a program. */
export function linkAsJson({ name }: Link, { at, due, next }: LinkOutlook) {
  const asJson = (time: Date, { capacity, cause, window }: Due) => ({
    at: time.toISOString(),
    capacity,
    cause,
    window: window === null ? null : windowWords(window),
  });
  return { name, ...asJson(at, due), next: next === null ? null : asJson(next.at, next.due), status: NOT_APPLIED };
}

function timeWords(at: Date, { zone }: Link): string {
  return zone === null ? at.toISOString() : `${writeUntil(at, zone)} ${zone} (${at.toISOString()})`;
}
