import { formatCount } from '../../audit/format/format-counts.ts';
import { verifyRecords } from '../../audit/log/verify-redis-log.ts';
import { PARTS } from '../../audit/rebuild/difference.ts';
import { planRebuild, type RebuildPlan } from '../../audit/rebuild/rebuild-plan.ts';
import { rebuildIndexes, writeRebuilt } from '../../audit/rebuild/write-rebuilt.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { RedisLedger } from '../../store/ledger/ledger.ts';
import { countBots } from '../../store/ledger/policies.ts';
import { createTimers } from '../../store/work/timers.ts';
import { noticesAhead, restoreWork } from '../../workflow/commands/restore-work.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import { CannotRun } from '../cannot-run.ts';
import { type ExitCode, type Terminal, table } from '../terminal.ts';
import { openLedger, orCannotRun, readCheckpoints, withLog } from './open-log.ts';

export interface RebuildOptions {
  dryRun?: boolean;
  json?: boolean;
}

/** More differences than this are counted, and listed only as JSON. */
const MAX_LISTED = 40;

/** What is stored otherwise than the log says. */
interface Found {
  plan: RebuildPlan;
  /** What is wrong with the look-up indexes; null: nothing. */
  indexes: string | null;
}

/**
 * Makes all that Redis stores besides the audit log anew from the log: requests, limits, timers and indexes. The log is verified
 * first.
 * @param clock what is due by it is due; Redis's clock if not given
 * @returns 1 where the log is not good, or something was found wrong that is not put right now
 */
export async function rebuildAudit(options: RebuildOptions, terminal: Terminal, clock?: Clock): Promise<ExitCode> {
  const { dryRun = false } = options;
  const { redis: target, keys: auditKeys, signingKey } = orCannotRun(readLedgerConfig(terminal.env));
  if (auditKeys === null)
    throw new CannotRun('AUDIT_KEYS is not set, and nothing is rebuilt from records that may be forged');
  return withLog(target, async (redis, keys): Promise<ExitCode> => {
    if (!dryRun) await refuseBots(redis, keys);
    const now = clock ? async () => clock.now() : () => redisTime(redis);
    const checkpoints = await readCheckpoints(terminal.env, signingKey);
    const { ledger, lost } = await openLedger(redis, keys, auditKeys, { signingKey, terminal });
    if (lost !== null) throw new CannotRun(`nothing is rebuilt: ${lost}`);

    async function look(): Promise<Found | null> {
      const verified = await verifyRecords(redis, keys, auditKeys, checkpoints);
      if (verified === null) throw new CannotRun(`Redis holds no log under the prefix ${target.prefix}`);
      if (verified.records.faulty) return null;
      const plan = await planRebuild(redis, keys, auditKeys ?? [], now);
      if (plan === null) throw new CannotRun('the last record of the log is not authentic: see `audit verify`');
      return { plan, indexes: verified.indexes?.why ?? null };
    }

    const found = await look();
    if (found === null) {
      terminal.say('The log is not good, so nothing is rebuilt from it: see `audit verify`.');
      return 1;
    }
    report(found, options, terminal);
    if (dryRun) return isRight(found) && found.plan.left.length === 0 ? 0 : 1;
    await write(redis, keys, ledger, found, await now());
    const after = await look();
    if (after !== null && isRight(after)) {
      const { left } = after.plan;
      const but = left.length === 0 ? '' : `, but for ${formatCount(left.length)} that stay as they are`;
      terminal.say(`What is stored is what the log says${but}. The bots may be started.`);
      return left.length === 0 ? 0 : 1;
    }
    if (after) report(after, { ...options, json: false }, terminal);
    terminal.say(
      'Something is still wrong: run this again, and see that no bot is running and nobody else writes to Redis.',
    );
    return 1;
  });
}

/** Not the time of this machine: the bots decide by Redis's clock what is due. */
async function redisTime(redis: Connection): Promise<Date> {
  const [seconds, micros] = await redis.time();
  return new Date(Number(seconds) * 1000 + Math.floor(Number(micros) / 1000));
}

/** They would go on with what they know, while it is replaced. */
async function refuseBots(redis: Connection, keys: Keys): Promise<void> {
  const bots = await countBots(redis, keys);
  if (bots === 0) return;
  const who = bots === 1 ? 'A bot is running' : `${bots} bots are running`;
  throw new CannotRun(`${who}: stop all bots first, and wait 15 seconds. --dry-run works while they run`);
}

async function write(
  redis: Connection,
  keys: Keys,
  ledger: RedisLedger,
  { plan, indexes }: Found,
  now: Date,
): Promise<void> {
  if (indexes !== null) await rebuildIndexes(redis, keys);
  const written = await writeRebuilt(redis, keys, plan, await ledger.head());
  if (written === 'moved') throw new CannotRun('a bot wrote to the log meanwhile: stop all bots, and run this again');
  if (written === 'lost') throw new CannotRun('bots found records of the log missing: see `audit accept-loss`');
  const timers = createTimers({ redis, keys });
  // No bot has any of this work under way.
  await restoreWork({ ledger, timers, clock: { now: () => now } }, 0);
  await timers.ensure(plan.followed.flatMap((request) => noticesAhead(request, now)));
  // The others whose execution is polled are shown by that.
  await timers.ensure(plan.followed.map(({ id }) => ({ effect: { kind: 'show', request: id }, at: now })));
}

function isRight({ plan, indexes }: Found): boolean {
  return plan.differences.length === 0 && plan.wrongTypes.length === 0 && indexes === null;
}

function report({ plan, indexes }: Found, { dryRun = false, json = false }: RebuildOptions, terminal: Terminal): void {
  const { differences, wrongTypes, left, last, counts } = plan;
  if (json) {
    const listed = differences.map(({ part, of, how }) => ({ part, of, how }));
    terminal.print(
      JSON.stringify({ dryRun, last: last.seq, ...counts, differences: listed, wrongTypes, left, indexes }),
    );
    return;
  }
  const rows = PARTS.map((part) => {
    const of = differences.filter((one) => one.part === part);
    const hows = (['missing', 'different', 'extra'] as const).map((how) => [
      how,
      of.filter((one) => one.how === how).length,
    ]);
    const words = hows.flatMap(([how, count]) => (count === 0 ? [] : [`${formatCount(Number(count))} ${how}`]));
    return [part, words.join(', ') || 'as the log says'];
  });
  terminal.print(
    `${formatCount(counts.requests)} requests and ${formatCount(counts.executions)} executions by the log, up to record ${last.seq}`,
    ...table([...rows, ['look-up indexes', indexes ?? 'as the log says']]),
    ...wrongTypes.map((key) => `${key} is not of the type that the bot writes: it is deleted`),
    ...left.map(({ request, why }) => `${request} stays as it is: ${why}`),
    ...table(differences.slice(0, MAX_LISTED).map(({ part, of, how }) => [`  ${part}`, how, of])),
  );
  const more = differences.length - MAX_LISTED;
  if (more > 0) terminal.print(`  and ${formatCount(more)} more: --json lists all`);
}
