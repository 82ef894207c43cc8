import type { Link } from '../../domain/link/link.ts';
import { dueWords, memberWords, sharingWords } from '../../domain/link/link-words.ts';
import type { Due } from '../../domain/link/week.ts';
import { windowWords } from '../../domain/link/window-words.ts';
import { isApplied, NOT_APPLIED } from '../../domain/policy/links/links-not-applied.ts';
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
    ['status', statusOf(link)],
  ];
}

/** The same for a program. */
export function linkAsJson(link: Link, { at, due, next }: LinkOutlook) {
  const asJson = (time: Date, { capacity, cause, window }: Due) => ({
    at: time.toISOString(),
    capacity,
    cause,
    window: window === null ? null : windowWords(window),
  });
  const then = next === null ? null : asJson(next.at, next.due);
  return { name: link.name, ...asJson(at, due), next: then, status: statusOf(link) };
}

function statusOf(link: Link): string {
  return isApplied(link) ? 'applied to each running execution' : NOT_APPLIED;
}

function timeWords(at: Date, { zone }: Link): string {
  return zone === null ? at.toISOString() : `${writeUntil(at, zone)} ${zone} (${at.toISOString()})`;
}
