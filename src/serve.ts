import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { createExecutions } from './datasync/executions.ts';
import { groupsNamed } from './domain/policy.ts';
import { createAbsences } from './ledger/absences.ts';
import { createAuditAlarms } from './ledger/audit-alarms.ts';
import { trimStep } from './ledger/audit-archive.ts';
import { createAuditBook } from './ledger/audit-book.ts';
import { createCheckpoints } from './ledger/audit-checkpoints.ts';
import { startAuditWatch } from './ledger/audit-watch.ts';
import { createCards } from './ledger/cards.ts';
import { connect, openConnection } from './ledger/connection.ts';
import { firstLook } from './ledger/first-look.ts';
import { createHomes } from './ledger/homes.ts';
import { createKeys } from './ledger/keys.ts';
import { createLedger } from './ledger/ledger.ts';
import { createLooks } from './ledger/looks.ts';
import { createOutbox } from './ledger/outbox.ts';
import { createPolicies } from './ledger/policies.ts';
import { createReminders } from './ledger/reminders.ts';
import { createSharedSeal } from './ledger/shared-seal.ts';
import { createLogger, type Log } from './log.ts';
import { newRequestId } from './new-request-id.ts';
import { countedExecutions, countedLedger, countingFetch } from './ops/counted.ts';
import { loggedLedger } from './ops/logged.ts';
import { createMetrics } from './ops/metrics.ts';
import { startOps } from './ops/ops-server.ts';
import { readinessChecks } from './ops/readiness.ts';
import { watchPolicy } from './policy-watch.ts';
import { ConfigurationError, portFault, readSettings } from './settings.ts';
import { createSlackApp } from './slack/app.ts';
import { createAuditChannel } from './slack/audit-channel.ts';
import { type Bot, sealRequest } from './slack/bot.ts';
import { createClients } from './slack/clients.ts';
import { startHomeTabs } from './slack/home-tabs.ts';
import { checkAppToken, identify, TokenRefused } from './slack/identify.ts';
import { createNotifier } from './slack/notifier.ts';
import { createPeople } from './slack/people.ts';
import { fetchBy, type SlackProxy, slackProxy } from './slack/proxied.ts';
import { httpListening, type Listening, socketListening } from './slack/receivers.ts';
import { createRemind } from './slack/remind.ts';
import { createSeals } from './slack/sealed.ts';
import { startLoop } from './worker/loop.ts';
import { type Applied, applyThrottle } from './workflow/apply-throttle.ts';
import { expireRequest } from './workflow/expire-request.ts';
import { createMeasuredRates, notingLooks } from './workflow/measured-rates.ts';
import type { Clock, PolicySource } from './workflow/ports.ts';
import { remindApprovers } from './workflow/remind-approvers.ts';
import { revertLimit } from './workflow/revert-limit.ts';
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
  /** Where the log's lines go; stdout if not given. */
  logTo?: { write(line: string): void };
  /** Ends a start that waits for Slack: it throws the signal's reason. */
  signal?: AbortSignal;
}

const REDIS_FIRST_MS = 3000;
/** Work in hand may take this long at a stop: together with the rest it stays under 10 s. */
const GRACE_MS = 6000;

/**
 * Builds the bot from its environment and starts it.
 * @throws ConfigurationError where the environment, the policy file, a Slack token or a port is wrong; the signal's reason
 */
export async function serve(env: NodeJS.ProcessEnv, options: ServeOptions = {}): Promise<Running> {
  const { config, policyFile, witness } = await readSettings(env);
  const log = createLogger({
    ...{ level: config.logLevel, secrets: config.secrets },
    ...(options.logTo === undefined ? {} : { destination: options.logTo }),
  });
  const clock: Clock = options.clock ?? { now: () => new Date() };
  const replica = randomUUID();
  const keys = createKeys(config.redis.prefix);
  const redis = openConnection(config.redis.target, 'commands');
  const blocking = openConnection(config.redis.target, 'blocking');
  for (const connection of [redis, blocking])
    connection.on('error', (err: unknown) => log.warn({ err }, 'Redis connection'));

  await Promise.all([redis, blocking].map((one) => connect(one, REDIS_FIRST_MS))).catch((err: unknown) =>
    log.error({ err }, 'Redis does not answer yet: started all the same, and waiting for it'),
  );

  const auditKeys = config.audit.keys;
  const { signingKey, checkpointFile } = config.audit;
  const alarms = createAuditAlarms((why) => log.error({ why }, 'the audit log, or what lies beside it, was changed'));
  const written = createLedger({
    ...{ redis, keys, auditKeys, clock, newLogId: randomUUID, witness, alarms },
    onLost: (err) => log.fatal({ err }, 'the log in Redis is not the one this bot wrote to: nothing more is written'),
  });
  const metrics = createMetrics({ countOpenRequests: written.countOpenRequests });
  const ledger = countedLedger(loggedLedger(written, log), metrics);
  const unsure = await firstLook(ledger, witness, log);
  const policies = createPolicies(redis, keys, replica, auditKeys);
  const policyWatch = watchPolicy({ ledger, file: policyFile, policies, clock, log });
  const policy: PolicySource = policyWatch;
  await policyWatch.announced;
  const { mode, apiUrl } = config.slack;
  const proxy = slackProxy(config.proxy);
  const slackFetch = countingFetch(metrics, fetchBy(proxy));
  const clients = createClients(config.slack.botToken, apiUrl, log, slackFetch);
  const appClient = mode.kind === 'socket' ? createClients(mode.appToken, apiUrl, log, slackFetch).patient : null;
  const closeRedis = async () => {
    await policyWatch.stop();
    blocking.disconnect();
    redis.disconnect();
  };
  let unreadable = (): readonly string[] => [];
  const checkpoints = createCheckpoints({ redis, keys, clock, auditKeys, signingKey, file: checkpointFile, alarms });
  let unposted = (): string | null => null;
  const ops = await startOps({
    ...{ port: config.opsPort, metrics: metrics.registry, log },
    checks: readinessChecks({
      pingRedis: () => redis.ping(),
      lost: () => ledger.lost()?.message ?? null,
      doubts: () => [...alarms.all(), ...[unsure, checkpoints.overdue(), unposted()].filter((why) => why !== null)],
      testSlack: () => clients.prompt.auth.test(),
      policy() {
        const { digest, policy: now } = policy.current();
        const named = new Set(groupsNamed(now));
        const groups = unreadable().filter((group) => named.has(group));
        return { digest, differing: policyWatch.differing(), unreadable: groups };
      },
    }),
  }).catch(async (fault: unknown) => {
    await closeRedis();
    throw portFault('OPS_PORT', config.opsPort, fault);
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

  const cards = createCards(redis, keys);
  const looks = createLooks(redis, keys);
  const aws = createExecutions({ clock, proxy: config.proxy });
  const rates = createMeasuredRates();
  const executions = notingLooks(countedExecutions(aws, metrics), rates);
  const people = createPeople(clients.prompt, identity.team, clock, log);
  unreadable = people.unreadable;
  const seals = createSeals(sealSecret(config), config.slack.oldSigningSecret);
  const seal = (request: string) => sealRequest({ seals }, request);
  const notifier = createNotifier({ ledger, executions, people, policy, clock, cards, looks, clients, seal, log });
  const audit = createAuditBook({ redis, keys, ledger, clock, auditKeys, signingKey, checkpointFile, alarms });
  const auditChannel = createAuditChannel({ clients, channel: config.audit.channel, policy, log });
  const auditWatch = startAuditWatch({
    ...{ redis, keys, ledger, replica },
    ...(options.lookMs === undefined ? {} : { lookMs: options.lookMs }),
    ...{ checkpoints, alarms, seal: createSharedSeal(auditKeys) },
    trim: () => trimStep(redis, keys, auditKeys),
    tellCheckpoints: (lines) => auditChannel.checkpoints(lines),
    tellLost: (fault) => auditChannel.lost(fault.message),
    tellResumed: () => auditChannel.resumed(),
    tellAlarm: (why) => auditChannel.alarm(why),
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
    defaultRegion: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? null,
    background(work) {
      const watched = work.catch((err: unknown) => log.error({ err }, 'work behind an interaction failed'));
      pending.add(watched);
      void watched.finally(() => pending.delete(watched));
    },
  };
  const homeTabs = startHomeTabs(parts, createHomes(redis, keys, clock));
  const bot: Bot = { ...parts, homeTabs };

  // A start that fails has claimed no work.
  const listening = listen(config, proxy, log);
  createSlackApp({
    ...{ bot, receiver: listening.receiver, token: config.slack.botToken },
    onInteraction: (kind, outcome) => metrics.interactions.inc({ kind, outcome }),
    onAck: (kind, seconds) => metrics.interactionAck.observe({ kind }, seconds),
  });
  const port = await listening.start().catch(async (fault: unknown) => {
    homeTabs.stop();
    await auditWatch.stop();
    aws.close();
    await close();
    throw mode.kind === 'http' ? portFault('PORT', mode.port, fault) : fault;
  });

  const reminders = createReminders(redis, keys);
  const remind = createRemind(bot, seal);
  const outbox = createOutbox({
    ...{ redis, blocking, keys, clock, consumer: replica },
    ...(options.abandonedMs === undefined ? {} : { abandonedMs: options.abandonedMs }),
  });
  const loop = startLoop({
    ...{ outbox, clock, log },
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
  log.info({ port, opsPort: ops.port, team: identity.team, policy: policy.current().digest }, 'ready');

  return {
    ...{ port, log, opsPort: ops.port },
    reloadPolicy: () => policyWatch.reload(),
    async stop() {
      log.info('stopping');
      homeTabs.stop();
      const until = Date.now() + GRACE_MS;
      const left = () => Math.max(0, until - Date.now());
      await Promise.race([listening.stop(), sleep(left(), undefined, { ref: false })]);
      await Promise.race([Promise.all(pending), sleep(left(), undefined, { ref: false })]);
      const worked = loop.stop(left());
      blocking.disconnect();
      await worked;
      await auditWatch.stop();
      aws.close();
      await close();
      log.info('stopped');
    },
  };
}

function ran(applied: Applied) {
  return applied.kind === 'done' ? null : { againInSeconds: applied.seconds, why: applied.why };
}

function listen({ slack }: Config, proxy: SlackProxy | null, log: Log): Listening {
  return slack.mode.kind === 'http'
    ? httpListening(slack.mode.signingSecret, slack.mode.port, log)
    : socketListening(slack.mode.appToken, slack.apiUrl, proxy, log);
}

/** All replicas have it, and Slack alone besides them. */
function sealSecret({ slack }: Config): string {
  return slack.mode.kind === 'http' ? slack.mode.signingSecret : slack.botToken;
}
