import { randomBytes } from 'node:crypto';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { createExecutions } from '../../src/aws/executions.ts';
import type { TimeLimits } from '../../src/aws/time-limits.ts';
import type { RequestCommand } from '../../src/domain/request/request-command.ts';
import type { ThrottleRequest } from '../../src/domain/request/throttle-request.ts';
import { threadNotes } from '../../src/slack/views/cards/thread-notes.ts';
import { createAbsences } from '../../src/store/counters/absences.ts';
import { createLooks } from '../../src/store/counters/looks.ts';
import { createOpenRequestQuota } from '../../src/store/counters/open-request-quota.ts';
import { createUseCounter } from '../../src/store/counters/use-counter.ts';
import { createOutbox } from '../../src/store/work/outbox.ts';
import { createTimers } from '../../src/store/work/timers.ts';
import { cancelRequest } from '../../src/workflow/commands/cancel-request.ts';
import type { RequestInput } from '../../src/workflow/commands/consider-request.ts';
import { expireRequest } from '../../src/workflow/commands/expire-request.ts';
import { extendGrant } from '../../src/workflow/commands/extend-grant.ts';
import { postNotices } from '../../src/workflow/commands/post-notices.ts';
import { previewThrottle } from '../../src/workflow/commands/preview-throttle.ts';
import { requestThrottle } from '../../src/workflow/commands/request-throttle.ts';
import { revertNow } from '../../src/workflow/commands/revert-now.ts';
import { reviewRequest } from '../../src/workflow/commands/review-request.ts';
import { undoRequest } from '../../src/workflow/commands/undo-request.ts';
import { PersonUnknown } from '../../src/workflow/faults.ts';
import { createLinkLimitsOf } from '../../src/workflow/links/link-limits-of.ts';
import { createLinkMembership } from '../../src/workflow/links/link-membership.ts';
import { watchLink } from '../../src/workflow/links/watch-link.ts';
import { withLinks } from '../../src/workflow/links/with-links.ts';
import type { Executions } from '../../src/workflow/ports/executions.ts';
import type { Effect, Outbox, Work } from '../../src/workflow/ports/outbox.ts';
import { applyThrottle } from '../../src/workflow/reconcile/apply-throttle.ts';
import { endGrant } from '../../src/workflow/reconcile/end-grant.ts';
import { keepMember } from '../../src/workflow/reconcile/links/keep-member.ts';
import { pollExecution } from '../../src/workflow/reconcile/poll-execution.ts';
import type { WorkOutcome } from '../../src/workflow/work-outcome.ts';
import { ACCOUNT, arnOf, REGION, startAws } from '../aws/aws-environment.ts';
import { CHANNEL, MIB } from '../domain/given.ts';
import { openLedger, openRedis } from '../store/given-ledger.ts';
import { type Outside, policyNow, sourceOf } from './outside.ts';

export interface Bot extends Awaited<ReturnType<typeof startBot>> {}

/** AWS with one execution that runs at 100 MiB/s. */
export async function startAwsWithOne(): Promise<{ aws: LocalDataSync; arn: string }> {
  const aws = await startAws();
  const task = aws.addTask({ name: 'nightly', account: ACCOUNT, region: REGION });
  const arn = aws.startExecution(task, { bytes: 1e12, status: 'TRANSFERRING', bytesPerSecond: 100 * MIB });
  return { aws, arn };
}

/** One process of the bot without Slack: the real ledger, outbox, workflows and AWS adapter. A test runs its work by hand. */
export async function startBot(arn: string, world: Outside, prefix?: string, patience: Partial<TimeLimits> = {}) {
  const clock = { now: () => new Date(world.began + world.seconds * 1000) };
  const opened = await openLedger({ clock, ...(prefix === undefined ? {} : { prefix }) });
  const blocking = { aws: await openRedis('blocking'), slack: await openRedis('blocking') };
  const consumer = randomBytes(4).toString('hex');
  const { redis, keys } = opened;
  const [aws, slack] = (['aws', 'slack'] as const).map((stream) =>
    createOutbox({ stream, redis, blocking: blocking[stream], keys, clock, consumer, abandonedMs: 0 }),
  ) as [Outbox, Outbox];
  for (const outbox of [aws, slack]) await outbox.ready(new AbortController().signal);
  const timers = createTimers({ redis, keys, clock });
  const { releaseDue } = timers;
  // Short where tests lose an answer on purpose; long enough for a describe on a busy machine, and for the SDK's three tries of an
  // update that AWS throttles, which rest up to 1.5 s between them.
  const limits = { attempt: 10_000, update: 4000, describe: 30_000, ...patience };
  const executions = createExecutions({ clock, limits });
  const person = async (user: string) => {
    const found = world.people.get(user);
    if (!found) throw new PersonUnknown(user);
    return found;
  };
  const groups = async (ids: readonly string[]) => new Map(ids.map((id) => [id, world.groups.get(id) ?? null]));
  const source = sourceOf(() => policyNow(world));
  const membership = createLinkMembership(executions.linkTasks);
  const ledger = withLinks(opened.ledger, createLinkLimitsOf({ policy: source, membership, clock }));
  const deps = {
    ledger,
    executions: executions as Executions,
    absences: createAbsences(opened.redis, opened.keys),
    people: {
      person,
      lately: person,
      remembers: () => false,
      groups,
      groupsLately: groups,
    },
    channels: { postable: async () => world.postable, isPrivate: async (channel: string) => channel.startsWith('G') },
    policy: source,
    clock,
    newRequestId: () => `r-${randomBytes(5).toString('hex')}`,
    looks: createLooks(opened.redis, opened.keys),
    uses: createUseCounter(opened.redis, opened.keys),
    quota: createOpenRequestQuota(opened.redis, opened.keys, opened.ledger),
  };
  /** The effects that showed something, in order. */
  const shown: Effect[] = [];
  const linkFaults: Error[] = [];
  /** The notices posted in threads, by the keys under which each is posted once. */
  const posted: { request: string; key: string }[] = [];

  async function postIn(id: string): Promise<null> {
    const stored = await opened.ledger.load(id);
    if (!stored) return null;
    const { run } = await ledger.run(stored.request.execution);
    const facts = { request: stored.request, run, lines: [], now: clock.now(), seal: () => 'sealed' };
    for (const { key } of threadNotes(facts)) {
      if (!posted.some((one) => one.request === id && one.key === key)) posted.push({ request: id, key });
    }
    return null;
  }

  async function run({ effect, claim }: Work): Promise<WorkOutcome> {
    if (effect.kind === 'apply') return applyThrottle(deps, effect.request, claim);
    if (effect.kind === 'expire') return expireRequest(deps, effect.request, claim);
    if (effect.kind === 'revert') return endGrant(deps, effect.request, claim);
    if (effect.kind === 'member') return keepMember(deps, effect.execution, claim);
    if (effect.kind === 'link') {
      const onFault = (fault: Error) => linkFaults.push(fault);
      return watchLink({ ...deps, linkTasks: executions.linkTasks, timers, onFault }, effect.link, claim);
    }
    if (effect.kind === 'watch') {
      return pollExecution(deps, effect.request, claim, async (request) => {
        shown.push({ kind: 'watch', request });
        return null;
      });
    }
    shown.push(effect);
    return effect.kind === 'tell' ? postNotices(deps, effect.request, postIn) : { kind: 'done' };
  }

  async function settle(work: Work, ran: WorkOutcome): Promise<void> {
    const outbox = work.claim.stream === 'aws' ? aws : slack;
    await outbox.settle(work, ran.kind === 'later' ? { kind: 'again', seconds: ran.seconds } : { kind: 'done' });
  }

  return {
    ...opened,
    ledger,
    deps,
    timers,
    linkFaults,
    /** The work with AWS, and the timers. */
    outbox: { ...aws, releaseDue },
    slackOutbox: slack,
    shown,
    clock,
    consumer,
    run,
    settle,
    posted: (id: string) => posted.filter(({ request }) => request === id).map(({ key }) => key),
    ask: (
      changes: Partial<Omit<RequestCommand, 'requester' | 'endsAt'> & Pick<RequestInput, 'until'>> & {
        user?: string;
        op?: string;
      } = {},
    ) =>
      requestThrottle(deps, {
        user: 'U0OPER',
        op: randomBytes(4).toString('hex'),
        channel: CHANNEL,
        execution: arnOf(arn),
        rate: { kind: 'absolute', bytesPerSecond: 50 * MIB },
        durationSeconds: null,
        reason: null,
        ...changes,
      }),
    preview: () =>
      previewThrottle(deps, {
        user: 'U0OPER',
        channel: CHANNEL,
        execution: arnOf(arn),
        rate: { kind: 'absolute', bytesPerSecond: 50 * MIB },
        durationSeconds: null,
        reason: null,
      }),
    review: (
      request: string,
      user: string,
      decision: 'approve' | 'deny' = 'approve',
      op = randomBytes(4).toString('hex'),
    ) => reviewRequest(deps, { request, user, decision, comment: 'because', op }),
    revertNow: (request: string, user: string) =>
      revertNow(deps, { request, user, op: randomBytes(4).toString('hex') }),
    extend: (request: string, moreSeconds: number, user = 'U0OPER') =>
      extendGrant(deps, { request, user, moreSeconds, reason: null, op: randomBytes(4).toString('hex') }),
    undo: (request: string, user = 'U0OPER') =>
      undoRequest(deps, { request, user, channel: CHANNEL, op: randomBytes(4).toString('hex') }),
    cancel: (request: string, user: string) =>
      cancelRequest(deps, { request, user, op: randomBytes(4).toString('hex') }),
    /** Runs all work that is waiting or due, until nothing is left; what has to be tried later waits. */
    async work(): Promise<void> {
      for (;;) {
        await releaseDue();
        const waiting = [];
        if ((await redis.xlen(keys.awsOutbox)) > 0) waiting.push(aws);
        if ((await redis.xlen(keys.slackOutbox)) > 0) waiting.push(slack);
        if (waiting.length === 0) return;
        for (const outbox of waiting) for (const work of await outbox.take(8)) await settle(work, await run(work));
      }
    },
    async request(id: string): Promise<ThrottleRequest> {
      const stored = await opened.ledger.load(id);
      if (!stored) throw new Error(`no request ${id}`);
      return stored.request;
    },
    /** The events of the log, oldest first. */
    async events(): Promise<string[]> {
      return (await opened.ledger.lookUp({ kind: 'all' }, 1000))
        .map(({ record }) => record?.event ?? 'not to be trusted')
        .reverse();
    },
    close: () => {
      for (const connection of Object.values(blocking)) connection.disconnect();
      executions.close();
      opened.close();
    },
  };
}
