import type { Log } from '../log.ts';
import type { ReadinessCheck, ReadinessReport } from './ops-server.ts';

/** How often it is looked whether anything changed, while nobody probes. */
const EVERY_MS = 1000;

/** Judges all checks, and writes a line to the log each time that what is wrong changes: one, however often it is asked. */
export function createReadinessReport(checks: readonly ReadinessCheck[], log: Log) {
  let told: string | null = null;
  let timer: NodeJS.Timeout | undefined;

  function report(): ReadinessReport {
    const judged = checks.map((check) => ({ name: check.name, ...judge(check) }));
    return { ready: judged.every(({ state }) => state !== 'fail'), checks: judged };
  }

  /** One that throws has failed; its error goes to the log alone, where secrets are taken out. */
  function judge(check: ReadinessCheck) {
    try {
      return check.judge();
    } catch (err) {
      log.warn({ err, check: check.name }, 'a readiness check failed');
      return { state: 'fail' as const, detail: 'failed, see the log' };
    }
  }

  /** @param about more for the line */
  function tell(about: object = {}): ReadinessReport {
    const now = report();
    const wrong = now.checks.filter(({ state }) => state !== 'ok');
    const state = JSON.stringify(wrong.map((check) => [check.name, check.state]));
    if (state === told) return now;
    told = state;
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
    /** For a probe. Before `begin` nothing is logged: a bot that starts is not ready, and that is no news. */
    now: () => (timer === undefined ? report() : tell()),
    /** The start is over: how it stands is logged now, and at each change. */
    begin(about: object): void {
      tell(about);
      timer = setInterval(tell, EVERY_MS).unref();
    },
    /** What comes now is no change that anybody needs to be told of. */
    stop(): void {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
