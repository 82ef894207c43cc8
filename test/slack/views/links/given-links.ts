import type { Link } from '../../../../src/domain/link/link.ts';
import { dueAt } from '../../../../src/domain/link/week.ts';
import type { LinkRow, ListedLinks } from '../../../../src/workflow/queries/links/list-links.ts';
import { MIB } from '../../../domain/given.ts';
import { link } from '../../../domain/link/given-timetable.ts';
import { LONGEST, NOW } from '../text/given-facts.ts';

export const NO_LINKS: ListedLinks = { rows: [], others: [], complete: true };

/** A link of 100 MiB/s on which nothing runs. */
export function linkRow(but: Partial<Omit<LinkRow, 'link'>> = {}, ofLink: Partial<Link> = {}): LinkRow {
  const made = link({ capacity: 100 * MIB, zone: null, ...ofLink });
  const outlook = { at: NOW, due: dueAt(made, NOW), next: null };
  return { link: made, outlook, executions: 0, unmeasured: 0, sum: 0, unread: [], ...but };
}

/** As long as a row can be, and so many of them shown, of so many links. */
export function manyLinks(shown: number, inAll: number): ListedLinks {
  const name = (place: number) => `${String(place).padStart(3, '0')}-${'x'.repeat(36)}`;
  const dates = Array.from({ length: 366 }, (_, day) =>
    new Date(Date.UTC(2026, 0, 1 + 2 * day)).toISOString().slice(0, 10),
  );
  const timetable = [{ on: { kind: 'dates' as const, dates }, from: 0, to: 1440, capacity: MIB }];
  const ofLink = { about: LONGEST(200), locations: ['one'], zone: 'America/Argentina/Buenos_Aires', timetable };
  const unread = Array.from({ length: 30 }, (_, place) => ({
    region: `ap-southeast-${place}`,
    pending: place % 2 === 0,
  }));
  const rows = Array.from({ length: shown }, (_, place) => {
    const row = linkRow({ executions: 1e6, unmeasured: 1e6, unread }, { ...ofLink, name: name(place) });
    return { ...row, outlook: { ...row.outlook, next: { at: NOW, due: row.outlook.due } } };
  });
  const others = Array.from({ length: inAll - shown }, (_, place) => name(shown + place));
  return { rows, others, complete: true };
}
