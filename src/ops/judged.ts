import type { CheckState } from './ops-server.ts';

/** What a check found. */
export type Judged = { state: CheckState; detail: string };

export const ok = (detail: string): Judged => ({ state: 'ok', detail });
export const warn = (detail: string): Judged => ({ state: 'warn', detail });
export const fail = (detail: string): Judged => ({ state: 'fail', detail });

/** Named in the answer to a probe. */
export const MAX_NAMED = 10;

export function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
