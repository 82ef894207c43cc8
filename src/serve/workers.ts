import { sweepIndexes } from '../audit/log/audit-archive.ts';
import type { Config } from '../config/read-config.ts';
import type { Log } from '../logging/logger.ts';
import type { Heartbeats } from '../ops/heartbeats.ts';
import type { Metrics } from '../ops/metrics.ts';
import { createApproverReminder } from '../slack/approver-reminder.ts';
import type { Bot } from '../slack/listeners/bot.ts';
import { startSweep } from '../store/ledger/sweep.ts';
import { createReminders } from '../store/slack-state/reminders.ts';
import { createOutbox } from '../store/work/outbox.ts';
import { type LoopOptions, startLoop } from '../worker/loop.ts';
import { expireRequest } from '../workflow/commands/expire-request.ts';
import { postNotices } from '../workflow/commands/post-notices.ts';
import { remindApprovers } from '../workflow/commands/remind-approvers.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { Looks } from '../workflow/ports/looks.ts';
import { applyThrottle } from '../workflow/reconcile/apply-throttle.ts';
import { endGrant } from '../workflow/reconcile/end-grant.ts';
import { pollExecution } from '../workflow/reconcile/poll-execution.ts';
import type { WorkOutcome } from '../workflow/work-outcome.ts';
import type { OpenRedis } from './open-redis.ts';
import type { GracePeriod } from './stop/grace-period.ts';

const HEARTBEAT_LIMIT_MS = 30_000;
/** Taking work waits for a free slot, and each slot for AWS and Slack within their time limits. */
const TAKE_HEARTBEAT_LIMIT_MS = 60_000;

/** What the work needs of the other parts. */
interface Needs {
  bot: Bot;
  looks: Looks;
  seal: (request: string) => string;
}

/**
 * Does the work that the outbox in Redis holds, and removes from Redis what nobody needs any more. Created before the parts that
 * it works with, so that it is stopped after them, and started last, so that a start that fails has claimed no work.
 */
export function createWorkers({
  config,
  store,
  replica,
  abandonedMs,
  clock,
  log,
  metrics,
  heartbeats,
  grace,
}: {
  config: Config;
  store: OpenRedis;
  replica: string;
  abandonedMs: number | undefined;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  heartbeats: Heartbeats;
  grace: GracePeriod;
}) {
  const { redis, blocking, keys } = store;
  let running: { loop: ReturnType<typeof startLoop>; sweep: ReturnType<typeof startSweep> } | null = null;

  return {
    start(needs: Needs): void {
      const outbox = createOutbox({
        redis,
        blocking,
        keys,
        clock,
        consumer: replica,
        onFault: (err) => log.warn({ err }, 'no work can be taken'),
        ...(abandonedMs === undefined ? {} : { abandonedMs }),
      });
      heartbeats.expect('take', TAKE_HEARTBEAT_LIMIT_MS);
      for (const step of ['abandoned', 'timers'] as const) heartbeats.expect(step, HEARTBEAT_LIMIT_MS);
      const loop = startLoop({
        outbox,
        clock,
        log,
        onTurn: heartbeats.beat,
        onEffect: (kind, outcome) => metrics.effects.inc({ kind, outcome }),
        run: workOf(needs, store),
      });
      const sweep = startSweep({
        redis,
        keys,
        sweepIndexes: (stopped) => sweepIndexes(redis, keys, config.audit.keys, stopped),
        onFault: (err) => log.info({ err }, 'what nobody needs any more could not be taken out of Redis'),
      });
      running = { loop, sweep };
    },
    async stop(): Promise<void> {
      if (running === null) return;
      const worked = running.loop.stop(grace.leftMs());
      // At once: what Redis still gave to the blocking read would lie until the claim is old.
      store.stopBlocking();
      await worked.finally(() => running?.sweep.stop());
    },
  };
}

/** How each kind of work is done. */
function workOf({ bot, looks, seal }: Needs, { redis, keys }: OpenRedis): LoopOptions['run'] {
  const { notifier, homeTabs } = bot;
  const reminders = createReminders(redis, keys);
  const remind = createApproverReminder(bot, seal);
  return {
    async show(id) {
      await homeTabs.changed(id);
      return notifier.refreshCard(id);
    },
    result: (id) => notifier.postResult(id),
    expire: async (id, claim) => ran(await expireRequest(bot, id, claim)),
    apply: async (id, claim) => ran(await applyThrottle(bot, id, claim)),
    remind: async (id) => ran(await remindApprovers({ ...bot, reminders, remind }, id)),
    revert: async (id, claim) => ran(await endGrant(bot, id, claim)),
    tell: async (id) => ran(await postNotices(bot, id, notifier.postThreadNotes)),
    watch: async (id, claim) => ran(await pollExecution({ ...bot, looks }, id, claim, notifier.refreshCard)),
  };
}

function ran(outcome: WorkOutcome) {
  return outcome.kind === 'done' ? null : { againInSeconds: outcome.seconds, why: outcome.why };
}
