import type { Log } from '../logging/logger.ts';
import type { ReadinessCheck, ReadinessReport } from './ops-server.ts';

/** How often the checks run for the log while nobody probes. */
const EVERY_MS = 1000;

/** Runs all checks, and logs one line each time their states change, however often it is probed. */
export function createReadinessReport(checks: readonly ReadinessCheck[], log: Log) {
  let logged: string | null = null;
  let timer: NodeJS.Timeout | undefined;

  function report(): ReadinessReport {
    const judged = checks.map((check) => ({ name: check.name, ...judge(check) }));
    return { ready: judged.every(({ state }) => state !== 'fail'), checks: judged };
  }

  /** A check that throws has failed. Its error goes only to the log, where secrets are redacted. */
  function judge(check: ReadinessCheck) {
    try {
      return check.judge();
    } catch (err) {
      log.warn({ err, check: check.name }, 'a readiness check failed');
      return { state: 'fail' as const, detail: 'failed, see the log' };
    }
  }

  /** @param about more fields for the line */
  function logChanges(about: object = {}): ReadinessReport {
    const now = report();
    const wrong = now.checks.filter(({ state }) => state !== 'ok');
    const state = JSON.stringify(wrong.map((check) => [check.name, check.state]));
    if (state === logged) return now;
    logged = state;
    const named = (kind: string) =>
      wrong.filter((check) => check.state === kind).map(({ name, detail }) => [name, detail]);
    const [failed, warned] = [named('fail'), named('warn')];
    const fields = {
      ...about,
      ...(failed.length > 0 && { failed: Object.fromEntries(failed) }),
      ...(warned.length > 0 && { warned: Object.fromEntries(warned) }),
    };
    if (!now.ready) log.error(fields, 'not ready');
    else if (wrong.length > 0) log.warn(fields, 'ready');
    else log.info(fields, 'ready');
    return now;
  }

  return {
    /** For a probe. Before `begin` nothing is logged, because a starting bot is never ready. */
    now: () => (timer === undefined ? report() : logChanges()),
    /** The start is over: the state is logged now, and at each change. */
    begin(about: object): void {
      logChanges(about);
      timer = setInterval(logChanges, EVERY_MS).unref();
    },
    /** Changes are no longer logged. */
    stop(): void {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
