import { sweepIndexes } from '../../audit/log/audit-archive.ts';
import type { Config } from '../../config/read-config.ts';
import type { Log } from '../../logging/logger.ts';
import type { Heartbeats } from '../../ops/heartbeats.ts';
import type { Metrics } from '../../ops/metrics.ts';
import { createApproverReminder } from '../../slack/approver-reminder.ts';
import type { Bot } from '../../slack/listeners/bot.ts';
import { startSweep } from '../../store/ledger/sweep.ts';
import { createReminders } from '../../store/slack-state/reminders.ts';
import { createOutbox } from '../../store/work/outbox.ts';
import { createTimers, type TimersOptions } from '../../store/work/timers.ts';
import { STREAMS } from '../../store/work/work-keys.ts';
import { type LoopOptions, startLoop } from '../../worker/loop.ts';
import { startPump } from '../../worker/pump.ts';
import { expireRequest } from '../../workflow/commands/expire-request.ts';
import { postNotices } from '../../workflow/commands/post-notices.ts';
import { remindApprovers } from '../../workflow/commands/remind-approvers.ts';
import { restoreWork } from '../../workflow/commands/restore-work.ts';
import { type WatchLinkDeps, watchLink } from '../../workflow/links/watch-link.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { LinkTasks } from '../../workflow/ports/links/link-tasks.ts';
import type { Looks } from '../../workflow/ports/looks.ts';
import type { StreamName, Timers } from '../../workflow/ports/outbox.ts';
import { applyThrottle } from '../../workflow/reconcile/apply-throttle.ts';
import { endGrant } from '../../workflow/reconcile/end-grant.ts';
import { keepMember } from '../../workflow/reconcile/links/keep-member.ts';
import { pollExecution } from '../../workflow/reconcile/poll-execution.ts';
import type { WorkOutcome } from '../../workflow/work-outcome.ts';
import type { OpenRedis } from '../open-redis.ts';
import type { GracePeriod } from '../stop/grace-period.ts';
import { judgeFault } from './judge-fault.ts';
import { startLinks } from './start-links.ts';

const HEARTBEAT_LIMIT_MS = 30_000;
/** Taking work waits for a free slot, and each slot for AWS and Slack within their time limits. */
const TAKE_HEARTBEAT_LIMIT_MS = 60_000;
/** How much of what can't be read is logged. */
const MAX_TOLD = 200;

/** What the work needs of the other parts. */
interface Needs {
  bot: Bot;
  looks: Looks;
  seal: (request: string) => string;
  linkTasks: LinkTasks;
}

/**
 * Does the work that the streams in Redis hold, and removes from Redis what nobody needs any more. Created before the parts that
 * it works with, so that it is stopped after them, and started last, so that a start that fails has claimed no work.
 */
export function createWorkers({
  config,
  store,
  replica,
  abandonedMs,
  clock,
  givenClock,
  onTime,
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
  givenClock: Clock | undefined;
  onTime: TimersOptions['onTime'];
  log: Log;
  metrics: Metrics;
  heartbeats: Heartbeats;
  grace: GracePeriod;
}) {
  const { redis, blocking, keys } = store;
  const outboxOf = (stream: StreamName) =>
    createOutbox({
      stream,
      redis,
      blocking: blocking[stream],
      keys,
      clock: givenClock,
      consumer: replica,
      abandonedMs,
      onFault: (err) => log.warn({ err, stream }, 'no work can be taken'),
      onNewer: (kind) => log.warn({ kind }, 'work of a kind that this version does not know is left to newer bots'),
      onUnreadable: (text) => log.error({ text: text.slice(0, MAX_TOLD) }, 'work can not be read: a dead letter now'),
    });

  function startAll(needs: Needs) {
    const timers = createTimers({
      redis,
      keys,
      clock: givenClock,
      onTime,
      onDead: (count) => log.error({ count }, 'timers that nobody knows are dead letters now: see `work list`'),
    });
    heartbeats.expect('timers', HEARTBEAT_LIMIT_MS);
    const pump = startPump({ timers, log, onTurn: () => heartbeats.beat('timers') });
    const links = startLinks({ timers, policy: needs.bot.policy, clock, log });
    const run = workOf(needs, { store, timers, log });
    const streams = STREAMS.map((stream) => {
      heartbeats.expect(`take-${stream}`, TAKE_HEARTBEAT_LIMIT_MS);
      heartbeats.expect(`abandoned-${stream}`, HEARTBEAT_LIMIT_MS);
      const outbox = outboxOf(stream);
      const loop = startLoop({
        outbox,
        run,
        log,
        judgeFault,
        // Its first round reads Redis's clock: nothing is decided by another one.
        after: pump.first,
        onTurn: (step) => heartbeats.beat(`${step}-${stream}`),
        onEffect: (kind, outcome) => metrics.effects.inc({ kind, outcome }),
      });
      return { stream, outbox, loop };
    });
    const sweep = startSweep({
      redis,
      keys,
      clock,
      sweepIndexes: (stopped) => sweepIndexes(redis, keys, config.audit.keys, stopped),
      async restoreWork() {
        const missing = await restoreWork({ ledger: needs.bot.ledger, timers, clock });
        if (missing > 0) log.warn({ missing }, 'timers were missing in Redis, and are set again');
      },
      onFault: (err) => log.info({ err }, 'what nobody needs any more could not be taken out of Redis'),
    });
    return { pump, links, streams, sweep };
  }

  let running: ReturnType<typeof startAll> | null = null;

  return {
    start(needs: Needs): void {
      running = startAll(needs);
    },
    async stop(): Promise<void> {
      if (running === null) return;
      const { pump, links, streams, sweep } = running;
      const worked = Promise.all([pump.stop(), links.stop(), ...streams.map(({ loop }) => loop.stop(grace.leftMs()))]);
      // At once: what Redis still gave to a blocking read would lie until the claim is old.
      store.stopBlocking();
      // A bot of the version before does not read the stream for Slack, and may be the only one that is left.
      const handedBack = worked.then(() => streams.find(({ stream }) => stream === 'slack')?.outbox.handBack());
      await handedBack
        .catch((err: unknown) => log.warn({ err }, 'work that nobody has begun was not handed back'))
        .finally(() => sweep.stop());
    },
  };
}

/** How each kind of work is done. */
function workOf(
  { bot, looks, seal, linkTasks }: Needs,
  { store: { redis, keys }, timers, log }: { store: OpenRedis; timers: Timers; log: Log },
): LoopOptions['run'] {
  const { notifier, homeTabs } = bot;
  const reminders = createReminders(redis, keys);
  const remind = createApproverReminder(bot, seal);
  const watching: WatchLinkDeps = {
    ...bot,
    linkTasks,
    timers,
    onFault: (err, link, { region, role }) =>
      log.warn({ err, link, region, role }, 'executions of a link were not found'),
  };
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
    link: async (name, claim) => ran(await watchLink(watching, name, claim)),
    member: async (execution, claim) => ran(await keepMember(bot, execution, claim)),
  };
}

function ran(outcome: WorkOutcome) {
  return outcome.kind === 'done' ? null : { againInSeconds: outcome.seconds, why: outcome.why };
}
