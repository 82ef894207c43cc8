import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalDataSync } from '../datasync/start-data-sync.ts';
import { styled } from './ink.ts';

const MiB = 1_048_576;
const WINDOW_MS = 500;
const BAR = 40;
/** The measured rate counts as the wanted one within this part of it: a window in which it changed is none of it yet. */
const TOLERANCE = 0.0005;

/** What flowed between two looks at an execution. Times are epoch milliseconds, the rate bytes per second. */
export interface Measured {
  until: number;
  rate: number;
}

export interface RateMeter {
  measured(): readonly Measured[];
  /** Settles when what flows in a whole window is `rate`; false if that was not so within `timeoutMs`. */
  reaches(rate: number, timeoutMs: number): Promise<boolean>;
  stop(): void;
}

/** Measures a transfer as anybody outside could: by how its BytesTransferred grows. */
export function startRateMeter(aws: LocalDataSync, arn: string): RateMeter {
  const measured: Measured[] = [];
  let before = lookAt(aws, arn);
  const timer = setInterval(() => {
    const now = lookAt(aws, arn);
    const seconds = (now.at - before.at) / 1000;
    if (seconds > 0) measured.push({ until: now.at, rate: (now.bytes - before.bytes) / seconds });
    before = now;
  }, WINDOW_MS);
  return {
    measured: () => measured,
    reaches: async (rate, timeoutMs) => {
      const end = Date.now() + timeoutMs;
      for (;;) {
        const last = measured.at(-1);
        if (last && isAbout(last.rate, rate)) return true;
        if (Date.now() > end) return false;
        await sleep(50);
      }
    },
    stop: () => clearInterval(timer),
  };
}

export function isAbout(rate: number, wanted: number): boolean {
  return Math.abs(rate - wanted) <= wanted * TOLERANCE;
}

function lookAt(aws: LocalDataSync, arn: string): { at: number; bytes: number } {
  const look = aws.execution(arn).history.at(-1);
  if (!look) throw new Error(`the local DataSync tells nothing of ${arn}`);
  return look;
}

/** A bar for each window, with its time from `zero` on. `limit` is what shall have come into force. */
export function rateBars(measured: readonly Measured[], zero: number, limit: number): string[] {
  const most = Math.max(...measured.map(({ rate }) => rate));
  return measured.map(({ until, rate }) => {
    const seconds = (until - zero) / 1000;
    const cells = Math.round((rate / most) * BAR);
    return [
      styled(`${seconds < 0 ? '−' : '+'}${Math.abs(seconds).toFixed(1)} s  `.padStart(10), 'dim'),
      styled('█'.repeat(cells), isAbout(rate, limit) ? 'good' : 'warm'),
      styled('░'.repeat(BAR - cells), 'dim'),
      `  ${rateWords(rate)}`,
    ].join('');
  });
}

/** `50 MiB/s`, `97.3 MiB/s`, `unlimited`. */
export function rateWords(bytesPerSecond: number): string {
  return bytesPerSecond < 0 ? 'unlimited' : `${Number((bytesPerSecond / MiB).toFixed(1))} MiB/s`;
}
