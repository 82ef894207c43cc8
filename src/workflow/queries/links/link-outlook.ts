import type { Link } from '../../../domain/link/link.ts';
import { type Due, dueAt } from '../../../domain/link/week.ts';

/** What is due for a link at a time, and what comes next (null: nothing else). */
export interface LinkOutlook {
  at: Date;
  due: Due;
  next: { at: Date; due: Due } | null;
}

/** Time zones take long to load, so they are loaded only where there is a timetable. */
const loadChanges = () => import('../../../domain/link/next-change.ts');

export async function linkOutlook(link: Link, at: Date): Promise<LinkOutlook> {
  const due = dueAt(link, at);
  if (link.timetable.length === 0) return { at, due, next: null };
  const { nextChange } = await loadChanges();
  return { at, due, next: nextChange(link, at) };
}

/** The capacities that come due after a time, within so many seconds. */
export async function laterCapacities(link: Link, after: Date, seconds: number): Promise<number[]> {
  const changes = await changesWithin(link, after, new Date(after.getTime() + seconds * 1000));
  return changes.map(({ due }) => due.capacity);
}

/** When the timetable moves on after a time and before an end, and what is due from then on. */
export async function changesWithin(link: Link, after: Date, end: Date): Promise<{ at: Date; due: Due }[]> {
  if (link.timetable.length === 0) return [];
  const { changesOf } = await loadChanges();
  const changes: { at: Date; due: Due }[] = [];
  for (const change of changesOf(link, after)) {
    if (change.at >= end) break;
    changes.push(change);
  }
  return changes;
}
