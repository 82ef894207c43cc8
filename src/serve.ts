import { randomUUID } from 'node:crypto';
import { startUpCheck } from './audit/continuity/start-up-check.ts';
import { createLogger, type Log } from './logging/logger.ts';
import { createReadinessInputs, type ReadinessOptions } from './ops/start-readiness.ts';
import { createAws } from './serve/create-aws.ts';
import { createClock } from './serve/create-clock.ts';
import { createLedger } from './serve/create-ledger.ts';
import { linkedLedger } from './serve/linked-ledger.ts';
import { openRedis } from './serve/open-redis.ts';
import { createOpsPort } from './serve/ops-port.ts';
import { readSettings, type Settings } from './serve/read-settings.ts';
import { createSlackAccess } from './serve/slack-access.ts';
import { createSlackMessages } from './serve/slack-messages.ts';
import { startAudit } from './serve/start-audit.ts';
import { startInteractions } from './serve/start-interactions.ts';
import { startPolicy } from './serve/start-policy.ts';
import { startUnfinished } from './serve/start-unfinished.ts';
import { createBackgroundWork } from './serve/stop/background-work.ts';
import { createGracePeriod } from './serve/stop/grace-period.ts';
import { createStopStack, type StopStack } from './serve/stop/stop-stack.ts';
import { watchReadiness } from './serve/watch-readiness.ts';
import { createWorkers } from './serve/work/workers.ts';
import { createRedisOutage, type RedisOutage } from './store/connection/redis-outage.ts';
import type { Clock } from './workflow/ports/clock.ts';

export interface Running {
  /** The port for Slack's requests; null in Socket Mode. */
  port: number | null;
  opsPort: number;
  log: Log;
  /** Reads the policy file again; a bad one is refused, and the old one stays. */
  reloadPolicy(): Promise<void>;
  /** Takes no new work, finishes or hands back what is in hand, and closes everything, in under 10 s. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** What is due goes by it; by Redis's clock if not given. In tests and the demo hours pass in seconds. */
  clock?: Clock;
  /** A worker whose claim is older counts as gone; 30 s if not given. */
  abandonedMs?: number;
  /** How often the audit log is checked for being the one that this bot wrote to; 2 s if not given. */
  lookMs?: number;
  /** This machine's clock, to compare with Redis's; the real one if not given. */
  wallClock?: Clock;
  /** How often readiness checks Redis, and the token with Slack; 5 s and 60 s if not given. */
  readiness?: ReadinessOptions['every'];
  /** What counts as a minute for Slack's rate limits; 60 s if not given. */
  slackMinuteMs?: number;
  /** The time limit of calls to Slack that nobody waits for; 10 s if not given. */
  backgroundMs?: number;
  /** Where log lines go; stdout if not given. */
  logTo?: { write(line: string): void };
  /** The address that `PORT` and `OPS_PORT` listen on; every interface if not given. Tests and the demo use loopback. */
  host?: string;
  /** Ends a start that waits for Slack, which then throws the signal's reason. */
  signal?: AbortSignal;
}

/** How long work in hand may take at a stop. Together with the rest a stop takes less than 10 s. */
const GRACE_MS = 6000;

/**
 * Builds the bot from its environment and starts it.
 * @throws ConfigurationError where the environment, a file, a Slack token or a port is wrong; the signal's reason
 */
export async function serve(env: NodeJS.ProcessEnv, options: ServeOptions = {}): Promise<Running> {
  const settings = await readSettings(env);
  const { logLevel, secrets } = settings.config;
  const outage = createRedisOutage();
  const destination = options.logTo === undefined ? {} : { destination: options.logTo };
  const log = createLogger({ level: logLevel, secrets, counts: outage.counts, ...destination });
  const parts = createStopStack();
  try {
    return await startParts({ env, options, settings, outage, log, parts });
  } catch (fault) {
    await parts
      .stop()
      .catch((err: unknown) => log.error({ err }, 'the start failed, and not everything could be stopped'));
    throw fault;
  }
}

interface Start {
  env: NodeJS.ProcessEnv;
  options: ServeOptions;
  settings: Settings;
  outage: RedisOutage;
  log: Log;
  parts: StopStack;
}

/** Starts the parts of the bot. They stop in the reverse order: when the bot stops, or when a later part can't start. */
async function startParts({ env, options, settings, outage, log, parts }: Start): Promise<Running> {
  const { host, abandonedMs, lookMs, backgroundMs, slackMinuteMs } = options;
  const { config } = settings;
  const replica = randomUUID();
  const inputs = createReadinessInputs();
  const { heartbeats, lastCommit } = inputs;
  const grace = createGracePeriod(GRACE_MS);
  const known = { config, log, replica, heartbeats, grace, host, abandonedMs };

  const ops = parts.add(createOpsPort(known));
  const store = parts.add(openRedis({ ...known, outage }));
  const clocks = createClock({ ...known, store, given: options.clock, machine: options.wallClock });
  const common = { ...known, ...clocks };
  const { clock } = clocks;
  const created = createLedger({ ...common, settings, store, lastCommit });
  const { ledger, metrics } = created;
  const slack = createSlackAccess({ ...common, store, metrics, backgroundMs, slackMinuteMs });

  // Slack is asked while Redis is waited for: neither needs the other. What is done with Redis has its order: the log is
  // checked before anything is written to it, and the policy is on record before any work is taken.
  const identifying = parts.add(slack.startIdentifying(options.signal));
  await store.connected;
  await clocks.read();
  const checked = await startUpCheck(ledger, settings.witness, log);
  const policy = parts.add(await startPolicy({ ...common, file: settings.policyFile, store, ledger }));
  checked.started();

  const readiness = parts.add(
    watchReadiness({ ...common, options, created, startUpCheck: checked, slack, policy, inputs }),
  );
  const opsPort = await ops.listen({ readiness: readiness.report, metrics: metrics.registry });
  const identity = await identifying.identity;
  readiness.identified();

  const aws = parts.add(createAws({ ...common, metrics }));
  const { executions, rates, linkTasks } = aws;
  const { clients } = slack;
  const linked = linkedLedger({ ledger: created.ledger, policy, clock, linkTasks });
  const messages = createSlackMessages({
    ...common,
    store,
    slack,
    identity,
    ledger: linked,
    executions,
    policy,
  });
  const audit = parts.add(startAudit({ ...common, store, created, clients, policy, lookMs }));
  readiness.include({ auditWarnings: audit.warnings, unreadableGroups: messages.people.unreadable });

  const workers = parts.add(createWorkers({ ...common, store, metrics }));
  const unfinished = parts.add(startUnfinished({ ...common, store, ledger, clients, seals: messages.seals }));
  const background = parts.add(createBackgroundWork(common));
  const interactions = parts.add(
    await startInteractions({
      ...common,
      env,
      store,
      metrics,
      slack,
      unfinished,
      parts: {
        ledger: linked,
        executions,
        rates,
        policy,
        clock,
        log,
        clients,
        identity,
        people: messages.people,
        channels: messages.people,
        cards: messages.cards,
        permalinks: messages.permalinks,
        seals: messages.seals,
        notifier: messages.notifier,
        audit: audit.reader,
        background: background.run,
      },
    }),
  );
  const { bot, port } = interactions;
  workers.start({ bot, looks: messages.looks, seal: messages.seal, linkTasks });
  const about = { port, opsPort, team: identity.team, policy: policy.current().digest };
  await readiness.begin(interactions.state, about);

  return {
    port,
    opsPort,
    log,
    reloadPolicy: policy.reload,
    async stop() {
      log.info('stopping');
      readiness.stopping();
      await parts.stop();
      log.info('stopped');
    },
  };
}
