import { z } from 'zod';

/** A time in records and stored states: ISO 8601, UTC, with milliseconds. */
export const timestamp = z.iso.datetime();
