import type { DataSyncClientConfig } from '@aws-sdk/client-datasync';
import { proxyAgent } from './proxy-agent.ts';

/** Milliseconds. The SDK has no time limit by default: a service that hangs would hold its caller for ever. */
export interface TimeLimits {
  connect: number;
  /** One attempt, from the connection to the end of the answer. */
  attempt: number;
  /** AssumeRole, or the SDK's own search for credentials, with retries. */
  credentials: number;
  describe: number;
  update: number;
  /** A connection to send changes on is closed when it was idle for this long: less than any server waits. */
  changeIdle: number;
  /** How long a look waits for the task's name, which it can do without. */
  name: number;
  /** How long a person waits for a list. What has not arrived by then is in the next one. */
  list: number;
  /** How long the look-ups of a list go on in the background. */
  listFlight: number;
  listKept: number;
  /** A look for what runs on a link. */
  linkLook: number;
  /** How long tasks are listed in it, a page after the other, before the others are described at the same time. */
  linkList: number;
  nameKept: number;
  /** How long a name that could not be had is not asked for again. */
  noNameKept: number;
}

export const TIME_LIMITS: Readonly<TimeLimits> = {
  connect: 2_000,
  attempt: 3_000,
  credentials: 4_000,
  describe: 5_000,
  update: 8_000,
  changeIdle: 1_000,
  name: 2_000,
  list: 2_200,
  listFlight: 10_000,
  listKept: 15_000,
  linkLook: 15_000,
  linkList: 8_000,
  nameKept: 600_000,
  noNameKept: 60_000,
};

/** How AWS is reached. */
export interface Way {
  limits: TimeLimits;
  proxy: Parameters<typeof proxyAgent>[0] | null;
}

/**
 * Options of the SDK's HTTP handler, of which each client makes its own. Without `throwOnRequestTimeout` it would only warn of a
 * request that takes too long.
 * @param idleMs after which a connection is closed; as the agent has it if not given
 */
export function requestHandler(
  { limits, proxy }: Way,
  idleMs?: number,
): NonNullable<DataSyncClientConfig['requestHandler']> {
  const idle = idleMs === undefined ? {} : { timeout: idleMs };
  return {
    httpAgent: idle,
    httpsAgent: proxy === null ? idle : proxyAgent(proxy, idle),
    connectionTimeout: limits.connect,
    requestTimeout: limits.attempt,
    throwOnRequestTimeout: true,
  };
}

/** After the abort: time for what was running to reject by itself, with an error that says more. */
const ABORT_GRACE_MS = 50;

/**
 * Runs something that takes an abort signal, and rejects after `ms` even if it ignores the signal, as the SDK does while it waits
 * before a retry or looks for credentials.
 */
export async function within<T>(ms: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new DOMException(`not done within ${ms} ms`, 'TimeoutError');
      controller.abort(error);
      timer = setTimeout(reject, ABORT_GRACE_MS, error);
    }, ms);
  });
  try {
    return await Promise.race([run(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
