import { setTimeout as delay } from 'node:timers/promises';
import {
  type DataSyncClient,
  DescribeTaskExecutionCommand,
  UpdateTaskExecutionCommand,
} from '@aws-sdk/client-datasync';
import type { ExecutionArn } from '../domain/execution/task-execution.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { Access, Executions } from '../workflow/ports/executions.ts';
import type { LinkTasks } from '../workflow/ports/links/link-tasks.ts';
import { createActiveExecutions } from './active-executions.ts';
import { asCall, type OnCall } from './as-call.ts';
import { toAwsFault } from './aws-fault.ts';
import { type Clients, createClients } from './clients.ts';
import { createCredentials } from './credentials.ts';
import { createDescribeCache, type Described } from './describe-cache.ts';
import { createLinkTasks } from './links/link-tasks.ts';
import { listedStatus } from './listed-status.ts';
import { createTaskNames } from './task-names.ts';
import { TIME_LIMITS, type TimeLimits, type Way } from './time-limits.ts';
import { toTaskExecution } from './to-task-execution.ts';

/** DataSync through the SDK, which takes its endpoints and the bot's own credentials from the environment. */
export interface DataSyncExecutions extends Executions {
  readonly linkTasks: LinkTasks;
  /** Closes all connections. */
  close(): void;
}

type Place = Pick<ExecutionArn, 'arn' | 'region'>;

const THROTTLED_PAUSES_MS = [300, 900];

export function createExecutions(options: {
  clock: Clock;
  limits?: Partial<TimeLimits>;
  proxy?: Way['proxy'];
  onCall?: OnCall;
}): DataSyncExecutions {
  const { clock, onCall = () => {} } = options;
  const limits = { ...TIME_LIMITS, ...options.limits };
  const way = { limits, proxy: options.proxy ?? null };
  const credentials = createCredentials(clock, way);
  const clients = createClients(credentials, way);
  const names = createTaskNames(clock, clients, limits);
  const closing = new AbortController();
  const described = createDescribeCache(clock, (execution, access) => {
    const operation = 'DescribeTaskExecution';
    return asCall({ operation, role: access.role, ms: limits.describe, onCall }, (late) =>
      usingClient(clients, execution, access, (client) =>
        describe(client, execution, clock, AbortSignal.any([late, closing.signal])),
      ),
    );
  });
  const active = createActiveExecutions({ clock, clients, names, described, limits });

  return {
    /**
     * DescribeTaskExecution where no answer is young enough, and DescribeTask for the name.
     * @throws AwsFault: `not-found` for an unknown execution, or one of another Region or account; other kinds may pass
     */
    describe: async (execution, access, age) => {
      const [observed, taskName] = await Promise.all([
        described.describe(execution, access, age),
        // The session of a change has no permission for the task.
        names.of(execution, access.role),
      ]);
      return { ...observed, taskName };
    },

    /**
     * UpdateTaskExecution. Its answer says nothing about the limit in force: read it back with `describe`.
     * @param bytesPerSecond -1 for no limit
     * @throws AwsFault: after `no-answer` and `internal` the update may have been carried out. Where `operation` is another than
     * datasync:UpdateTaskExecution it was never sent
     */
    update: async (execution, bytesPerSecond, access) => {
      if (!Number.isSafeInteger(bytesPerSecond) || (bytesPerSecond < 1 && bytesPerSecond !== -1)) {
        throw new RangeError(`${bytesPerSecond} is no limit: whole bytes per second from 1, or -1`);
      }
      if (access.session.kind !== 'change') throw new TypeError('a change needs a session of its own');
      const operation = 'UpdateTaskExecution';
      const { role } = access;
      const sent = described.change(execution.arn, () =>
        asCall({ operation, role, ms: limits.update, onCall }, (signal) =>
          usingClient(clients, execution, access, (client) =>
            send(client, execution.arn, bytesPerSecond, role, signal),
          ),
        ),
      );
      return sent.finally(() => active.forget(execution.region));
    },

    listedStatus: (execution, role) =>
      asCall({ operation: 'ListTaskExecutions', role, ms: limits.listFlight, onCall }, async (signal) => {
        const client = await clients.reader(execution.region, role);
        const account = () => credentials.account(role, execution.region);
        return listedStatus(client, execution, { role, account }, signal);
      }),

    listActive: (targets, options) => active.list(targets, options),
    linkTasks: createLinkTasks({ clock, clients, described, limits, onCall, closing: closing.signal }),
    tasksNamed: (name) => names.named(name),
    lookAtActive: (arns, withinMs) => active.lookAt(arns, withinMs),
    close: () => {
      closing.abort();
      active.close();
      clients.close();
      credentials.close();
    },
  };
}

async function usingClient<T>(
  clients: Clients,
  { arn, region }: Place,
  { role, session }: Access,
  use: (client: DataSyncClient) => Promise<T>,
): Promise<T> {
  if (session.kind === 'read') return use(await clients.reader(region, role));
  return use(await clients.changer(region, role, session, arn));
}

async function describe(
  client: DataSyncClient,
  { arn }: Place,
  clock: Clock,
  abortSignal: AbortSignal,
): Promise<Described> {
  const answer = await client.send(new DescribeTaskExecutionCommand({ TaskExecutionArn: arn }), { abortSignal });
  return toTaskExecution(arn, answer, clock.now());
}

/** Only throttled calls are repeated: of those alone it is certain that nothing was carried out. */
async function send(
  client: DataSyncClient,
  arn: string,
  bytesPerSecond: number,
  role: string | null,
  abortSignal: AbortSignal,
): Promise<{ requestId: string | null }> {
  for (const pause of [...THROTTLED_PAUSES_MS, null]) {
    try {
      const command = new UpdateTaskExecutionCommand({
        TaskExecutionArn: arn,
        Options: { BytesPerSecond: bytesPerSecond },
      });
      const { $metadata } = await client.send(command, { abortSignal });
      return { requestId: $metadata.requestId ?? null };
    } catch (error) {
      const fault = toAwsFault(error, { operation: 'datasync:UpdateTaskExecution', role });
      if (fault.kind !== 'throttled' || pause === null) throw fault;
      await delay(pause * (0.5 + Math.random()), undefined, { signal: abortSignal }).catch(() => {
        throw fault;
      });
    }
  }
  throw new Error('unreachable: the last pause is null');
}
