import type { KnownBlock } from '@slack/types';
import { section } from './blocks.ts';

/** Shown above everything that is read from the log while the log does not match what was written before. */
export function lostLog(lost: boolean): KnownBlock[] {
  const words =
    ':rotating_light: *The audit log is not the one that was written before: records may be lost.* What stands here of requests may be old, and nothing is written until a person has looked.';
  return lost ? [section(words)] : [];
}
