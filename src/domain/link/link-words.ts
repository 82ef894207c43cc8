import { formatRate } from '../rate/rate.ts';
import { count } from '../text/count.ts';
import type { Link } from './link.ts';
import type { Due } from './week.ts';
import { windowWords } from './window-words.ts';

/** The capacity that is due, and why. */
export function dueWords({ capacity, window }: Due, { zone, timetable }: Link): string {
  if (window !== null) return `${formatRate(capacity)}: window ${windowWords(window)} (${zone})`;
  return `${formatRate(capacity)}: ${timetable.length === 0 ? 'the link has no timetable' : 'outside all windows'}`;
}

/** Which executions belong to the link. */
export function memberWords({ tasks, locations }: Link): string {
  const listed = tasks.length === 0 ? [] : [count(tasks.length, 'task')];
  const found = locations.length === 0 ? [] : [`every task from or to ${count(locations.length, 'location')}`];
  return [...listed, ...found].join(', and ');
}

/** What its executions may use of the capacity. */
export function sharingWords({ share, floor, headroom, weights }: Link): string {
  const free = headroom === 0 ? '' : `, ${Number((headroom * 100).toFixed(2))}% left free`;
  if (share === 'each') return `each execution may have all of the capacity${free}`;
  const weighed = Object.entries(weights).map(([task, weight]) => `${task} ${weight}`);
  const byWeight = weighed.length === 0 ? '' : ` by weight (${weighed.join(', ')}; others 1)`;
  return `divided among the executions${byWeight}${free}${floor === 0 ? '' : `, at least ${formatRate(floor)} for each`}`;
}
