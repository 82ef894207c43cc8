/** A named set of tasks that share a wire, from the policy file. Rates in bytes per second, -1 unlimited. */
export interface Link {
  name: string;
  about: string | null;
  /** ARNs of tasks. */
  tasks: string[];
  /** ARNs of locations: every task from or to one of them belongs to the link. */
  locations: string[];
  /** What its executions may use outside the windows of the timetable. */
  capacity: number;
  /** `together`: the capacity is divided among its executions; `each`: every one may have all of it. */
  share: 'together' | 'each';
  /** No running execution gets less, as long as the floors fit into the capacity. */
  floor: number;
  /** By task id, for those that don't have 1. */
  weights: Readonly<Record<string, number>>;
  /** The part of the capacity that is left free, from 0 to less than 1. */
  headroom: number;
  /** IANA time zone of the timetable; null only where there is none. */
  zone: string | null;
  timetable: Window[];
  /** The channel that is told of windows and of what went wrong. */
  channel: string | null;
}

/** 1 is Monday, 7 Sunday, as in ISO 8601. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/**
 * A time of day on some days, in the wall time of the link's zone. It begins with `from` and ends before `to`, in minutes since
 * midnight. Where `to` is not after `from` it ends on the next day, and belongs to the day it began on.
 */
export interface Window {
  on: { kind: 'weekdays'; days: readonly Weekday[] } | { kind: 'dates'; dates: readonly string[] };
  /** 0 to 1439. */
  from: number;
  /** 0 to 1440. */
  to: number;
  capacity: number;
}

export const WEIGHT_IF_NOT_NAMED = 1;

/** The account and Region of the ARN of a location. */
export function placeOfLocation(location: string): { account: string; region: string } {
  const [, , , region = '', account = ''] = location.split(':');
  return { account, region };
}

/** The link that lists a task; null: none does. Which tasks belong to a link by their location is not known here. */
export function linkOfTask(links: readonly Link[], taskArn: string): Link | null {
  return links.find(({ tasks }) => tasks.includes(taskArn)) ?? null;
}
