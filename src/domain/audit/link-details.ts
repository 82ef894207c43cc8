import { z } from 'zod';
import { looseObject } from './loose-object.ts';
import { timestamp } from './timestamp.ts';

export const linkWindowDetail = looseObject({
  /** The window of the timetable that is in effect; null: none is. */
  window: z.string().nullable(),
  zone: z.string().nullable(),
  /** When another capacity is due; null: never. */
  until: timestamp.nullable(),
});
