import type { Link } from '../../domain/link/link.ts';
import { type Due, dueAt } from '../../domain/link/week.ts';
import { windowWords } from '../../domain/link/window-words.ts';
import { NOT_APPLIED } from '../../domain/policy/links/links-not-applied.ts';
import { formatRate } from '../../domain/rate/rate.ts';
import { writeUntil } from '../../domain/time/until.ts';

/** What is due for a link at a time, and what comes next (null: nothing). */
export interface LinkDue {
  at: Date;
  due: Due;
  next: { at: Date; due: Due } | null;
}

/** The time zones of timetables take long to load, so they are loaded only where there is a timetable. */
const loadChanges = () => import('../../domain/link/next-change.ts');

export async function linkDueAt(link: Link, at: Date): Promise<LinkDue> {
  const due = dueAt(link, at);
  if (link.timetable.length === 0) return { at, due, next: null };
  const { nextChange } = await loadChanges();
  return { at, due, next: nextChange(link, at) };
}

/** The capacities that come due after a time, within so many seconds. */
export async function laterCapacities(link: Link, after: Date, seconds: number): Promise<number[]> {
  if (link.timetable.length === 0) return [];
  const { changesOf } = await loadChanges();
  const end = after.getTime() + seconds * 1000;
  const capacities: number[] = [];
  for (const { at, due } of changesOf(link, after)) {
    if (at.getTime() >= end) break;
    capacities.push(due.capacity);
  }
  return capacities;
}

/** What the policy says of a link at a time, as pairs of name and text. */
export function aboutLink(link: Link, { at, due, next }: LinkDue): [string, string][] {
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
export function linkAsJson({ name }: Link, { at, due, next }: LinkDue) {
  const asJson = (time: Date, { capacity, cause, window }: Due) => ({
    at: time.toISOString(),
    capacity,
    cause,
    window: window === null ? null : windowWords(window),
  });
  return { name, ...asJson(at, due), next: next === null ? null : asJson(next.at, next.due), status: NOT_APPLIED };
}

function memberWords({ tasks, locations }: Link): string {
  const words = [];
  if (tasks.length > 0) words.push(counted(tasks.length, 'task'));
  if (locations.length > 0) words.push(`every task from or to ${counted(locations.length, 'location')}`);
  return words.join(', and ');
}

function sharingWords({ share, floor, headroom, weights }: Link): string {
  const free = headroom === 0 ? '' : `, ${Number((headroom * 100).toFixed(2))}% left free`;
  if (share === 'each') return `each execution may have all of the capacity${free}`;
  const weighed = Object.entries(weights).map(([task, weight]) => `${task} ${weight}`);
  const byWeight = weighed.length === 0 ? '' : ` by weight (${weighed.join(', ')}; others 1)`;
  return `divided among the executions${byWeight}${free}${floor === 0 ? '' : `, at least ${formatRate(floor)} for each`}`;
}

function timeWords(at: Date, { zone }: Link): string {
  return zone === null ? at.toISOString() : `${writeUntil(at, zone)} ${zone} (${at.toISOString()})`;
}

function dueWords({ capacity, window }: Due, { timetable }: Link): string {
  if (window !== null) return `${formatRate(capacity)}: the window ${windowWords(window)}`;
  return `${formatRate(capacity)}: ${timetable.length === 0 ? 'the link has no timetable' : 'outside all windows'}`;
}

function counted(count: number, what: string): string {
  return `${count} ${count === 1 ? what : `${what}s`}`;
}
