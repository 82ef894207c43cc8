import { CannotRun } from '../cannot-run.ts';

const MILLISECONDS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;
const EXPECTED = 'a time ago such as 7d, 12h or 1d12h, or a time such as 2026-03-01 or 2026-03-01T09:30:00Z';

/**
 * Reads the value of `--since` or `--until`: a time ago such as `7d`, or a time in ISO 8601. A date alone means its start in
 * UTC. A time without a zone is refused as ambiguous.
 * @throws CannotRun
 */
export function readMoment(option: string, text: string, now: Date): Date {
  const wrong = () =>
    new CannotRun(`${option} ${JSON.stringify(text.slice(0, 60))} can't be read\n  expected: ${EXPECTED}`);
  if (/^(?:\d{1,6}[wdhms])+$/.test(text)) {
    const parts = [...text.matchAll(/(\d+)([wdhms])/g)];
    const ago = parts.reduce((sum, [, count, unit]) => sum + Number(count) * MILLISECONDS[unit as 's'], 0);
    const moment = new Date(now.getTime() - ago);
    if (Number.isNaN(moment.getTime())) throw wrong();
    return moment;
  }
  const [, day, time] =
    /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)))?$/.exec(text) ?? [];
  const moment = new Date(`${day}T${time ?? '00:00:00Z'}`);
  // JavaScript reads 2026-02-30 as a day in March.
  if (day === undefined || Number.isNaN(moment.getTime()) || !isDay(day)) throw wrong();
  return moment;
}

function isDay(day: string): boolean {
  const read = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(day);
}
