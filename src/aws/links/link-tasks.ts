import { InvalidRequestException } from '@aws-sdk/client-datasync';
import PQueue from 'p-queue';
import { AwsFault } from '../../workflow/faults.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import { type ListTarget, SHOWN_MAX_AGE_MS } from '../../workflow/ports/executions.ts';
import type { FoundMembers, LinkTasks, MemberQuery } from '../../workflow/ports/links/link-tasks.ts';
import { asCall, type OnCall } from '../as-call.ts';
import { toAwsFault } from '../aws-fault.ts';
import type { Clients } from '../clients.ts';
import type { DescribeCache } from '../describe-cache.ts';
import { type TimeLimits, within } from '../time-limits.ts';
import { createListedTasks } from './listed-tasks.ts';
import { createLocationTasks } from './location-tasks.ts';
import type { BoundedCalls, CallAws } from './task-pages.ts';
import { createUnfinishedExecutions, isIdle } from './unfinished-executions.ts';

const CALLS_AT_ONCE = 8;

export function createLinkTasks({
  clock,
  clients,
  described,
  limits,
  onCall,
  closing,
}: {
  clock: Clock;
  clients: Clients;
  described: Pick<DescribeCache, 'describe'>;
  limits: TimeLimits;
  onCall: OnCall;
  closing: AbortSignal;
}): LinkTasks {
  const callsTo =
    ({ region, role }: ListTarget, over: AbortSignal): CallAws =>
    (operation, send) =>
      asCall({ operation, role, ms: limits.describe, onCall }, async (late) =>
        send(await clients.reader(region, role), AbortSignal.any([late, over])),
      );
  const listed = createListedTasks(clock, limits);
  const unfinished = createUnfinishedExecutions();
  const bounded: BoundedCalls = async (target, run) => {
    try {
      return await within(limits.linkLook, (late) => run(callsTo(target, AbortSignal.any([late, closing]))));
    } catch (error) {
      throw toAwsFault(error, { operation: 'datasync:ListTasks', role: target.role });
    }
  };
  const locations = createLocationTasks(clock, bounded);

  async function statusOf(arn: string, { region, role }: ListTarget): Promise<string> {
    // Who is told of the execution describes it next, and may share the answer.
    const age = { maxAgeMs: SHOWN_MAX_AGE_MS };
    return (await described.describe({ arn, region }, { role, session: { kind: 'read' } }, age)).status;
  }

  async function look(query: MemberQuery, queue: PQueue, call: CallAws): Promise<FoundMembers> {
    const missing: string[] = [];
    const denied: { task: string; fault: AwsFault }[] = [];
    const at = query.locations.map((location) =>
      queue.add(() => known(missing, location, () => locations.read(location, query))),
    );
    const byLocation = new Map((await Promise.all(at)).flatMap((tasks) => [...(tasks ?? [])]));
    const others = new Set(query.tasks.filter((task) => !byLocation.has(task)));
    const { statuses, toDescribe, missing: unlisted } = await listed.statuses(others, query, call);
    missing.push(...unlisted);
    const busy = [...byLocation, ...statuses].flatMap(([task, status]) => (isIdle(status) ? [] : [task]));
    const running = [...busy, ...toDescribe].map((task) =>
      queue.add(() =>
        known(missing, task, () => unfinished.of(task, call, (arn) => statusOf(arn, query))).catch((fault: unknown) => {
          if (!isDenied(fault)) throw fault;
          denied.push({ task, fault });
        }),
      ),
    );
    const executions = (await Promise.all(running)).flatMap((arns) => arns ?? []);
    return { executions, byLocation: [...byLocation.keys()], missing, denied };
  }

  return {
    async running(query) {
      const queue = new PQueue({ concurrency: CALLS_AT_ONCE });
      try {
        return await bounded(query, (call) => look(query, queue, call));
      } finally {
        // After a fault no more calls are made.
        queue.clear();
      }
    },
    tasksAt: locations.tasksAt,
    knownTasksAt: locations.known,
  };
}

/** Undefined, and noted in `missing`, where AWS does not know this task or location. */
async function known<T>(missing: string[], arn: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (fault) {
    if (!(fault instanceof AwsFault && fault.cause instanceof InvalidRequestException)) throw fault;
    missing.push(arn);
    return undefined;
  }
}

/** What describes is allowed for single tasks. What lists is allowed for all of them, or none. */
function isDenied(fault: unknown): fault is AwsFault {
  return fault instanceof AwsFault && fault.kind === 'denied' && fault.operation.startsWith('datasync:Describe');
}
