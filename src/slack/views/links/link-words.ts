import type { Link } from '../../../domain/link/link.ts';
import type { Due } from '../../../domain/link/week.ts';
import { windowWords } from '../../../domain/link/window-words.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import type { LinkOutlook } from '../../../workflow/queries/links/link-outlook.ts';
import { count, dateToken, escapeText } from '../text/text.ts';

/** The capacity that is due, and why. */
export function dueWords({ capacity, window }: Due, { zone, timetable }: Link): string {
  const rate = formatRate(capacity);
  if (window !== null) return `${rate}: window ${escapeText(windowWords(window))} (${escapeText(zone ?? '')})`;
  return timetable.length === 0 ? `${rate}: no timetable` : `${rate}: outside all windows`;
}

/** When the capacity changes next, and to what. */
export function nextWords({ next }: LinkOutlook, link: Link): string {
  return next === null ? 'none' : `${dateToken(next.at.toISOString())} → ${dueWords(next.due, link)}`;
}

export function memberWords({ tasks, locations }: Link): string {
  const listed = tasks.length === 0 ? [] : [count(tasks.length, 'task')];
  const found = locations.length === 0 ? [] : [`every task from or to ${count(locations.length, 'location')}`];
  return [...listed, ...found].join(', and ');
}

export function sharingWords({ share, floor, headroom }: Link): string {
  const free = headroom === 0 ? '' : `, ${Number((headroom * 100).toFixed(2))}% left free`;
  if (share === 'each') return `each execution may use all of it${free}`;
  return `divided among the executions${free}${floor === 0 ? '' : `, at least ${formatRate(floor)} each`}`;
}
