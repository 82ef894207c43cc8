import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { createExecutions } from './datasync/executions.ts';
import { groupsNamed } from './domain/policy.ts';
import { createAbsences } from './ledger/absences.ts';
import { createAuditAlarms } from './ledger/audit-alarms.ts';
import { sweepIndexes, trimStep } from './ledger/audit-archive.ts';
import { createCheckpoints } from './ledger/audit-checkpoints.ts';
import { createAuditReader } from './ledger/audit-reader.ts';
import { startAuditWatch } from './ledger/audit-watch.ts';
import { createAuditedLedger } from './ledger/audited-ledger.ts';
import { createCards } from './ledger/cards.ts';
import { connect, openConnection } from './ledger/connection.ts';
import { createHomes } from './ledger/homes.ts';
import { createKeys } from './ledger/keys.ts';
import { createLooks } from './ledger/looks.ts';
import { createOpenPlaces } from './ledger/open-places.ts';
import { createOutbox } from './ledger/outbox.ts';
import { createPolicies } from './ledger/policies.ts';
import { policyOnRecord } from './ledger/policy-on-record.ts';
import { createProof } from './ledger/prove-write.ts';
import { createRedisOutage, isNotEncrypted } from './ledger/redis-outage.ts';
import { createReminders } from './ledger/reminders.ts';
import { createSharedSeal } from './ledger/shared-seal.ts';
import { createShown } from './ledger/shown.ts';
import { createSlackWaits } from './ledger/slack-waits.ts';
import { startUpCheck } from './ledger/start-up-check.ts';
import { startSweep } from './ledger/sweep.ts';
import { createUnfinishedStore } from './ledger/unfinished.ts';
import { createUseCounter } from './ledger/use-counter.ts';
import { createLogger, type Log } from './log.ts';
import { newRequestId } from './new-request-id.ts';
import { countedExecutions, countedLedger, countingFetch } from './ops/counted.ts';
import { loggedLedger } from './ops/logged.ts';
import { createMetrics } from './ops/metrics.ts';
import { measureOldestWork } from './ops/oldest-work-gauge.ts';
import { startOps } from './ops/ops-server.ts';
import { createReadinessNotes, type ReadinessOptions, startReadiness } from './ops/start-readiness.ts';
import { watchPolicy } from './policy-watch.ts';
import { ConfigurationError, encryptionFault, opsFault, portFault, readSettings } from './settings.ts';
import { createSlackApp } from './slack/app.ts';
import { askToken } from './slack/ask-token.ts';
import { createAuditChannel } from './slack/audit-channel.ts';
import { type Bot, sealRequest } from './slack/bot.ts';
import { createClients } from './slack/clients.ts';
import { sayDirectly } from './slack/door.ts';
import { startHomeTabs } from './slack/home-tabs.ts';
import { checkAppToken, identify, TokenRefused } from './slack/identify.ts';
import { createLiveEdits } from './slack/live-edits.ts';
import { createLookUps } from './slack/look-ups.ts';
import { createNotifier } from './slack/notifier.ts';
import { createPaced } from './slack/paced.ts';
import { createPeople } from './slack/people.ts';
import { createPosts } from './slack/posts.ts';
import { fetchBy, type SlackProxy, slackProxy } from './slack/proxied.ts';
import { httpListening, type Listening, socketListening } from './slack/receivers.ts';
import { createRemind } from './slack/remind.ts';
import { createSeals } from './slack/sealed.ts';
import { createTurns } from './slack/turns.ts';
import { watchUnfinished } from './slack/unfinished.ts';
import { startLoop } from './worker/loop.ts';
import { type Applied, applyThrottle } from './workflow/apply-throttle.ts';
import { expireRequest } from './workflow/expire-request.ts';
import { createMeasuredRates, notingLooks } from './workflow/measured-rates.ts';
import type { Clock, PolicySource } from './workflow/ports.ts';
import { remindApprovers } from './workflow/remind-approvers.ts';
import { revertLimit } from './workflow/revert-limit.ts';
import { sharingReads } from './workflow/shared-reads.ts';
import { tellThread } from './workflow/tell-thread.ts';
import { watchExecution } from './workflow/watch-execution.ts';

export interface Running {
  /** Of Slack's requests; null in Socket Mode. */
  port: number | null;
  opsPort: number;
  log: Log;
  /** Reads the policy file again; a bad one is refused, and the old one stays. */
  reloadPolicy(): Promise<void>;
  /** Takes no new work, finishes or hands back what is in hand, closes everything; under 10 s. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** This machine's if not given: the tests and the demo have hours pass in seconds. */
  clock?: Clock;
  /** How old a claim is when its worker counts as gone; 30 s if not given. */
  abandonedMs?: number;
  /** How often it is looked whether the audit log is still the one that this bot wrote to; 2 s if not given. */
  lookMs?: number;
  /** This machine's clock, which is held against Redis's; the real one if not given, whatever `clock` is. */
  wallClock?: Clock;
  /** How often readiness looks at Redis, and asks Slack whether it takes the token; 5 s and 60 s if not given. */
  readiness?: ReadinessOptions['every'];
  /** The average time between two messages in a channel; 1 s, as Slack takes them, if not given. */
  postEveryMs?: number;
  /** How long Slack may take to answer what nobody waits for; 10 s if not given. */
  patientMs?: number;
  /** Where the log's lines go; stdout if not given. */
  logTo?: { write(line: string): void };
  /** The address that `PORT` and `OPS_PORT` listen on; every interface if not given. The tests and the demo stay on this machine. */
  host?: string;
  /** Ends a start that waits for Slack: it throws the signal's reason. */
  signal?: AbortSignal;
}

const REDIS_FIRST_MS = 3000;
/** Work in hand may take this long at a stop: together with the rest it stays under 10 s. */
const GRACE_MS = 6000;
/** A loop of the bot that has not come round for so long stands still: each has a period of 5 s or less. */
const TURN_MS = 30_000;
/** The taker waits for one of its slots, and each of these for AWS and Slack within their time limits. */
const TAKE_TURN_MS = 60_000;
/** A round may make a hundred checkpoints. */
const AUDIT_TURN_MS = 60_000;

/**
 * Builds the bot from its environment and starts it.
 * @throws ConfigurationError where the environment, the policy file, a Slack token or a port is wrong; the signal's reason
 */
export async function serve(env: NodeJS.ProcessEnv, options: ServeOptions = {}): Promise<Running> {
  const { config, policyFile, witness } = await readSettings(env);
  const outage = createRedisOutage();
  const log = createLogger({
    ...{ level: config.logLevel, secrets: config.secrets, counts: outage.counts },
    ...(options.logTo === undefined ? {} : { destination: options.logTo }),
  });
  const clock: Clock = options.clock ?? { now: () => new Date() };
  const replica = randomUUID();
  const keys = createKeys(config.redis.prefix);
  const redis = openConnection(config.redis.target, 'commands');
  const blocking = openConnection(config.redis.target, 'blocking');
  outage.watch([redis, blocking], log);

  await Promise.all([redis, blocking].map((one) => connect(one, REDIS_FIRST_MS))).catch(() => {
    if (isNotEncrypted(outage.lastFault())) {
      outage.stop();
      for (const connection of [redis, blocking]) connection.disconnect();
      throw encryptionFault(outage.lastFault());
    }
    log.error('Redis does not answer yet: started all the same, and waiting for it');
  });

  const auditKeys = config.audit.keys;
  const { signingKey, checkpointFile } = config.audit;
  const alarms = createAuditAlarms((why) => log.error({ why }, 'the audit log, or what lies beside it, was changed'));
  const written = createAuditedLedger({
    ...{ redis, keys, auditKeys, clock, newLogId: randomUUID, checkpoint: witness, alarms },
    onLost: (err) => log.fatal({ err }, 'the log in Redis is not the one this bot wrote to: nothing more is written'),
  });
  const metrics = createMetrics({ countOpenRequests: written.countOpenRequests });
  const notes = createReadinessNotes();
  const { turns } = notes;
  const ledger = sharingReads(notes.lastCommit.noted(countedLedger(loggedLedger(written, log), metrics)));
  const unsure = await startUpCheck(ledger, witness, log);
  const policies = createPolicies(redis, keys, replica, policyOnRecord(redis, keys, auditKeys));
  turns.expect('policy', TURN_MS);
  const onTurn = () => turns.turned('policy');
  const policyWatch = watchPolicy({ ledger, file: policyFile, policies, clock, log, onTurn });
  const policy: PolicySource = policyWatch;
  await policyWatch.announced;
  unsure.started();
  const { mode, apiUrl } = config.slack;
  const proxy = slackProxy(config.proxy);
  const slackFetch = countingFetch(metrics, fetchBy(proxy));
  const clients = createClients(config.slack.botToken, apiUrl, log, slackFetch, options.patientMs);
  const appClient = mode.kind === 'socket' ? createClients(mode.appToken, apiUrl, log, slackFetch).patient : null;
  const closeRedis = async () => {
    readiness.stop();
    await policyWatch.stop();
    outage.stop();
    blocking.disconnect();
    redis.disconnect();
  };
  let unreadable = (): readonly string[] => [];
  const checkpoints = createCheckpoints({ redis, keys, clock, auditKeys, signingKey, file: checkpointFile, alarms });
  let unposted = (): string | null => null;
  const readiness = startReadiness(
    {
      ...{ clock, log, wall: options.wallClock ?? { now: () => new Date() } },
      ...(options.readiness && { every: options.readiness }),
      prove: createProof(redis, keys, { replica, abandonedMs: options.abandonedMs }),
      askToken: () => askToken(clients.prompt),
      lost: () => ledger.lost()?.message ?? null,
      doubts: () => [...alarms.all(), unsure.doubt(), checkpoints.overdue(), unposted()].filter((why) => why !== null),
      policy() {
        const { digest, policy: now } = policy.current();
        const named = new Set(groupsNamed(now));
        const groups = unreadable().filter((group) => named.has(group));
        return { digest, differing: policyWatch.differing(), unreadable: groups };
      },
    },
    notes,
  );
  measureOldestWork(metrics.registry, readiness.oldestWorkSeconds);
  const ops = await startOps({
    ...{
      port: config.opsPort,
      host: options.host ?? config.opsHost,
      readiness: readiness.report,
      metrics: metrics.registry,
      log,
    },
  }).catch(async (fault: unknown) => {
    await closeRedis();
    throw opsFault(config, fault);
  });
  const close = async () => {
    await closeRedis();
    await ops.stop();
  };
  const waiting = { log, signal: options.signal ?? new AbortController().signal };
  const [identity] = await Promise.all([
    identify(clients.patient, waiting),
    appClient ? checkAppToken(appClient, waiting) : null,
  ]).catch(async (fault: unknown) => {
    await close();
    throw fault instanceof TokenRefused ? new ConfigurationError(fault.message, { cause: fault }) : fault;
  });
  readiness.identified();

  const cards = createCards(redis, keys);
  const looks = createLooks(redis, keys);
  const aws = createExecutions({ clock, proxy: config.proxy });
  const rates = createMeasuredRates();
  const executions = notingLooks(countedExecutions(aws, metrics), rates);
  const people = createPeople(clients.prompt, identity.team, clock, log);
  unreadable = people.unreadable;
  const seals = createSeals(sealSecret(config), config.slack.oldSigningSecret);
  const seal = (request: string) => sealRequest({ seals }, request);
  const slackTurns = createTurns({ shared: createSlackWaits(redis, keys) });
  const paced = createPaced(clients.patient, slackTurns, options.postEveryMs);
  const liveEdits = createLiveEdits({ shown: createShown(redis, keys), hasRoom: paced.hasRoom, clock });
  const posts = createPosts({ clients, paced, cards, clock, botId: identity.botId, log });
  const showing = { cards, looks, paced, posts, liveEdits };
  const notifier = createNotifier({ ledger, executions, people, policy, clock, ...showing, seal, log });
  const audit = createAuditReader({ redis, keys, ledger, clock, auditKeys, signingKey, checkpointFile, alarms });
  const auditChannel = createAuditChannel({ clients, channel: config.audit.channel, policy, log });
  turns.expect('audit', AUDIT_TURN_MS + 3 * (options.lookMs ?? 0));
  const auditWatch = startAuditWatch({
    ...{ redis, keys, ledger, replica },
    ...(options.lookMs === undefined ? {} : { lookMs: options.lookMs }),
    ...{ checkpoints, alarms, seal: createSharedSeal(auditKeys) },
    trim: () => trimStep(redis, keys, auditKeys),
    tellCheckpoints: (lines) => auditChannel.checkpoints(lines),
    tellLost: (fault) => auditChannel.lost(fault.message),
    tellResumed: () => auditChannel.resumed(),
    tellAlarm: (why) => auditChannel.alarm(why),
    onTurn: () => turns.turned('audit'),
    onFault: (err) => log.warn({ err }, 'the audit log could not be looked at, or checkpointed'),
  });
  unposted = auditWatch.unposted;
  const pending = new Set<Promise<unknown>>();
  const parts: Omit<Bot, 'homeTabs'> = {
    ...{
      ledger,
      executions,
      absences: createAbsences(redis, keys),
      rates,
      people,
      channels: people,
      policy,
      clock,
      cards,
      clients,
      seals,
      notifier,
      identity,
      log,
      audit,
    },
    newRequestId,
    lookUps: createLookUps(),
    uses: createUseCounter(redis, keys),
    places: createOpenPlaces(redis, keys, ledger),
    defaultRegion: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? null,
    background(work) {
      const watched = work.catch((err: unknown) => log.error({ err }, 'work behind an interaction failed'));
      pending.add(watched);
      void watched.finally(() => pending.delete(watched));
    },
  };
  const homeTabs = startHomeTabs(parts, createHomes(redis, keys, clock));
  const bot: Bot = { ...parts, homeTabs };

  const unfinished = watchUnfinished({
    ...{ store: createUnfinishedStore(redis, keys), seals, log, staleMs: options.abandonedMs },
    settle: (op) => written.settle(op),
    say: (user, text) => sayDirectly({ clients }, user, text),
  });
  // A start that fails has claimed no work.
  const listening = listen(config, { proxy, log, host: options.host });
  createSlackApp({
    ...{ bot, receiver: listening.receiver, unfinished, token: config.slack.botToken },
    onInteraction: (kind, outcome) => metrics.interactions.inc({ kind, outcome }),
    onAck: (kind, seconds) => metrics.interactionAck.observe({ kind }, seconds),
  });
  const port = await listening.start().catch(async (fault: unknown) => {
    homeTabs.stop();
    unfinished.stop();
    await auditWatch.stop();
    aws.close();
    await close();
    throw mode.kind === 'http' ? portFault('PORT', mode.port, fault) : fault;
  });

  const reminders = createReminders(redis, keys);
  const remind = createRemind(bot, seal);
  const outbox = createOutbox({
    ...{ redis, blocking, keys, clock, consumer: replica },
    onFault: (err) => log.warn({ err }, 'no work can be taken'),
    ...(options.abandonedMs === undefined ? {} : { abandonedMs: options.abandonedMs }),
  });
  turns.expect('take', TAKE_TURN_MS);
  for (const step of ['abandoned', 'timers'] as const) turns.expect(step, TURN_MS);
  const loop = startLoop({
    ...{ outbox, clock, log },
    onTurn: turns.turned,
    onEffect: (kind, outcome) => metrics.effects.inc({ kind, outcome }),
    run: {
      async show(id) {
        await homeTabs.changed(id);
        return notifier.show(id);
      },
      result: (id) => notifier.result(id),
      async expire(id, claim) {
        return ran(await expireRequest({ ledger, policy, clock }, id, claim));
      },
      async apply(id, claim) {
        return ran(await applyThrottle(bot, id, claim));
      },
      async remind(id) {
        return ran(await remindApprovers({ ...bot, reminders, remind }, id));
      },
      async revert(id, claim) {
        return ran(await revertLimit(bot, id, claim));
      },
      async tell(id) {
        return ran(await tellThread(bot, id, notifier.tellThread));
      },
      async watch(id, claim) {
        return ran(await watchExecution({ ...bot, looks }, id, claim, notifier.show));
      },
    },
  });
  const sweep = startSweep({
    ...{ redis, keys },
    sweepIndexes: (stopped) => sweepIndexes(redis, keys, auditKeys, stopped),
    onFault: (err) => log.info({ err }, 'what nobody needs any more could not be taken out of Redis'),
  });
  const { digest } = policy.current();
  await readiness.begin(listening.state, { port, opsPort: ops.port, team: identity.team, policy: digest });

  return {
    ...{ port, log, opsPort: ops.port },
    reloadPolicy: () => policyWatch.reload(),
    async stop() {
      log.info('stopping');
      readiness.stopping();
      homeTabs.stop();
      const until = Date.now() + GRACE_MS;
      const left = () => Math.max(0, until - Date.now());
      await Promise.race([listening.stop(), sleep(left(), undefined, { ref: false })]);
      await Promise.race([Promise.all(pending), sleep(left(), undefined, { ref: false })]);
      unfinished.stop();
      const worked = loop.stop(left());
      outage.stop();
      blocking.disconnect();
      await worked;
      await auditWatch.stop();
      await sweep.stop();
      aws.close();
      await close();
      log.info('stopped');
    },
  };
}

function ran(applied: Applied) {
  return applied.kind === 'done' ? null : { againInSeconds: applied.seconds, why: applied.why };
}

function listen(
  { slack }: Config,
  { proxy, log, host }: { proxy: SlackProxy | null; log: Log; host: string | undefined },
): Listening {
  return slack.mode.kind === 'http'
    ? httpListening(slack.mode.signingSecret, slack.mode.port, log, host)
    : socketListening(slack.mode.appToken, slack.apiUrl, proxy, log);
}

/** All replicas have it, and Slack alone besides them. */
function sealSecret({ slack }: Config): string {
  return slack.mode.kind === 'http' ? slack.mode.signingSecret : slack.botToken;
}
