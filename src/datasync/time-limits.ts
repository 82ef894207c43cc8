import { NodeHttpHandler } from '@smithy/node-http-handler';
import { proxyAgent } from './proxy-agent.ts';

/** Milliseconds. The SDK has no limit of its own: a hanging service would hold a caller for ever. */
export interface TimeLimits {
  connect: number;
  /** One attempt, from the connection to the whole answer. */
  attempt: number;
  /** AssumeRole, or the SDK's own search for credentials, with its repeats. */
  credentials: number;
  describe: number;
  update: number;
  /** How long a look waits for the task's name, which is an ornament. */
  name: number;
  /** What a person waits for a list; what has not come by then comes with the next one. */
  list: number;
  /** How long the look-ups of a list go on in the background. */
  listFlight: number;
  listKept: number;
  nameKept: number;
  /** That a name could not be had. */
  noNameKept: number;
}

export const TIME_LIMITS: Readonly<TimeLimits> = {
  connect: 2_000,
  attempt: 3_000,
  credentials: 4_000,
  describe: 5_000,
  update: 8_000,
  name: 2_000,
  list: 2_200,
  listFlight: 10_000,
  listKept: 15_000,
  nameKept: 600_000,
  noNameKept: 60_000,
};

/** How AWS is reached. */
export interface Way {
  limits: TimeLimits;
  proxy: Parameters<typeof proxyAgent>[0] | null;
}

/** Without `throwOnRequestTimeout` the handler only warns. */
export function requestHandler({ limits, proxy }: Way): NodeHttpHandler {
  return new NodeHttpHandler({
    ...(proxy === null ? {} : { httpsAgent: proxyAgent(proxy) }),
    connectionTimeout: limits.connect,
    requestTimeout: limits.attempt,
    throwOnRequestTimeout: true,
  });
}

/** After the abort, for what was running to say itself how far it got. */
const LAST_WORDS_MS = 50;

/**
 * Runs something that takes an abort signal, and rejects after `ms` whether it listens to the signal or not: the SDK
 * doesn't while it waits before a repeat or looks for credentials.
 */
export async function within<T>(ms: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new DOMException(`not done within ${ms} ms`, 'TimeoutError');
      controller.abort(error);
      timer = setTimeout(reject, LAST_WORDS_MS, error);
    }, ms);
  });
  try {
    return await Promise.race([run(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
