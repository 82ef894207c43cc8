import type { Misfit } from '../../domain/proof/open-requests.ts';
import { isOpen, type ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { hasOpenGrant } from '../../domain/run/grant/timed-grant.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { type Write, writtenTypes } from '../../store/ledger/commit-batch.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { type Compared, compareOpen, compareRequests, compareTimers } from './compare-requests.ts';
import { compareChanging, compareInForce, compareRuns, polledAgain } from './compare-runs.ts';
import type { Difference } from './difference.ts';
import { leftAfterLoss } from './left-after-loss.ts';
import { createWholeLogReader } from './read-whole-log.ts';

/** What has to be written so that Redis stores what its log says. */
export interface RebuildPlan {
  /** The last record of the log that it rests on. */
  last: { seq: number; hash: string };
  differences: Difference[];
  /** Keys that are of another type than the bot's, and have nothing of use in them. */
  wrongTypes: string[];
  /** What the log does not tell: it stays as it is. */
  left: Misfit[];
  /** Written in any case: the executions that are polled. */
  polled: readonly Write[];
  /** The requests that are open or have a limit that ends: people are told about them. */
  followed: readonly ThrottleRequest[];
  /** How many requests and executions are kept by the log. */
  counts: { requests: number; executions: number };
}

/** The bots write all the time: the plan is made anew until it is one of a single moment. */
const MAX_TRIES = 5;

/**
 * Compares all that is stored with the log. Where bots write meanwhile, differences in what they write about may be of time
 * alone: it is compared again, and what they always write about is left out in the end.
 * @returns null where the log has no authentic last record
 */
export async function planRebuild(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
  clock: () => Promise<Date>,
): Promise<RebuildPlan | null> {
  const log = createWholeLogReader(redis, keys, auditKeys);
  await log.readOn();
  for (let tries = 1; ; tries++) {
    const last = log.last();
    if (last === null) return null;
    const plan = { last, ...(await compareAll(redis, keys, log, clock)) };
    const touched = await log.readOn();
    const { differences } = plan;
    const sure = differences.filter(({ of }) => !touched.has(of));
    if (sure.length === differences.length || tries === MAX_TRIES) return { ...plan, differences: sure };
  }
}

async function compareAll(
  redis: Connection,
  keys: Keys,
  { whole, losses }: ReturnType<typeof createWholeLogReader>,
  clock: () => Promise<Date>,
): Promise<Omit<RebuildPlan, 'last'>> {
  const now = await clock();
  const all = whole.at(now);
  const left = [...all.misfits.values(), ...(await leftAfterLoss({ redis, keys, ...all, losses }))];
  const about = new Set(left.map(({ request }) => request));
  const isLeft = (one: string) => about.has(one);
  const requests = new Map([...all.requests].filter(([id]) => !isLeft(id)));
  const runs = new Map([...all.runs].filter(([execution]) => !isLeft(execution)));
  const of: Compared = { redis, keys, requests, isLeft, now };
  const ofRuns = { redis, keys, runs, isLeft, now };
  const differences = [
    ...(await compareRequests(of)),
    ...(await compareOpen(of)),
    ...(await compareRuns(ofRuns)),
    ...(await compareInForce(ofRuns)),
    ...(await compareChanging(ofRuns)),
    ...(await compareTimers(of, clock)),
  ];
  return {
    differences,
    wrongTypes: await keysOfWrongType(redis, keys),
    left,
    polled: polledAgain({ keys, runs }),
    followed: [...requests.values()].map(({ request }) => request).filter(isFollowed),
    counts: { requests: requests.size, executions: runs.size },
  };
}

function isFollowed(request: ThrottleRequest): boolean {
  return isOpen(request) || hasOpenGrant(request);
}

async function keysOfWrongType(redis: Connection, keys: Keys): Promise<string[]> {
  const found = await Promise.all(
    writtenTypes(keys).map(async ([key, type]) => ({ key, type, is: await redis.type(key) })),
  );
  return found.flatMap(({ key, type, is }) => (is === type || is === 'none' ? [] : [key]));
}
