import { z } from 'zod';

/** A time as records and stored states have it: ISO 8601, UTC, with milliseconds. */
export const timestamp = z.iso.datetime();
