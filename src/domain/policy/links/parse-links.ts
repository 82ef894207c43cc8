import { z } from 'zod';
import { type Link, WEIGHT_IF_NOT_NAMED, type Window } from '../../link/link.ts';
import { channel, listOrNone, mapping, rate } from '../policy-fields.ts';
import * as fields from './link-fields.ts';

const MAX_LINKS = 100;
const MAX_WINDOWS = 100;

/** The parts of a window, each for itself. */
export const windowShape = {
  days: fields.days.optional(),
  dates: fields.dates.optional(),
  from: fields.windowStart,
  to: fields.windowEnd,
  capacity: fields.capacity,
};

const timetableWindow = mapping(windowShape).transform(
  ({ days, dates, from, to, capacity }): Window => ({
    on: dates === undefined ? { kind: 'weekdays', days: days ?? [] } : { kind: 'dates', dates },
    from,
    to,
    capacity,
  }),
);

const linkShape = {
  name: fields.linkName,
  about: fields.about.optional(),
  tasks: listOrNone(fields.taskArn, 'task ARNs').optional(),
  locations: listOrNone(fields.locationArn, 'location ARNs').optional(),
  capacity: fields.capacity,
  share: fields.share.optional(),
  floor: rate.optional(),
  weights: z.record(z.string(), fields.weight, { error: () => 'a mapping of task ids to weights' }).optional(),
  headroom: fields.headroom.optional(),
  zone: fields.zone.optional(),
  timetable: z
    .array(timetableWindow, { error: () => 'a list of windows' })
    .max(MAX_WINDOWS, { error: () => `at most ${MAX_WINDOWS} windows` })
    .optional(),
  channel: channel.optional(),
};

const link = mapping(linkShape).transform(
  (given): Link => ({
    name: given.name,
    about: given.about ?? null,
    tasks: given.tasks ?? [],
    locations: given.locations ?? [],
    capacity: given.capacity,
    share: given.share === 'each' ? 'each' : 'together',
    floor: given.floor ?? 0,
    weights: Object.fromEntries(
      Object.entries(given.weights ?? {}).filter(([, weight]) => weight !== WEIGHT_IF_NOT_NAMED),
    ),
    headroom: given.headroom ?? 0,
    zone: given.zone ?? null,
    timetable: given.timetable ?? [],
    channel: given.channel ?? null,
  }),
);

/** What the policy file has under `links`, but for what contradicts itself there: see `linkFaults`. */
export const links = z
  .array(link, { error: () => 'a list of links' })
  .max(MAX_LINKS, { error: () => `at most ${MAX_LINKS} links` });
