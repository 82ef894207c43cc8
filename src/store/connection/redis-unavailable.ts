/** Error replies after which the same command may succeed later, here or at another node. */
const TRANSIENT =
  /^(LOADING|READONLY|OOM|MASTERDOWN|BUSY|NOREPLICAS|MISCONF|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|UNBLOCKED)\b/;

/** Messages of the client without a connection. It has no codes for these. */
const NO_CONNECTION = [
  /^Command timed out$/,
  /^Connection is closed\.$/,
  /isn't (writeable|ready) and enableOfflineQueue options is false$/,
  /^Socket timeout\. Expecting data/,
  /^Command aborted due to connection close$/,
  /^None of startup nodes is available$/,
  /^Failed to refresh slots cache\.$/,
  /^Too many Cluster redirections\./,
  /^All sentinels are unreachable/,
  /^Reached the max retries per request limit/,
  /^Redis (can't be reached|hands over|does not answer)/,
];

const DEEPEST_CAUSE = 8;

/** Redis answered with an error, so nothing was written. Told by name: ioredis exports no type for the class. */
export function isErrorReply(fault: unknown): fault is Error {
  return fault instanceof Error && fault.name === 'ReplyError';
}

/** An error reply that will pass by itself. */
export function isTransient(reply: Error): boolean {
  return TRANSIENT.test(reply.message);
}

/** Whether Redis could not be reached, or refused for a while, here or in a cause of this fault. */
export function isRedisUnavailable(fault: unknown, depth = 0): boolean {
  if (!(fault instanceof Error) || depth > DEEPEST_CAUSE) return false;
  if (fault.name === 'ReplyError') return isTransient(fault);
  return NO_CONNECTION.some((words) => words.test(fault.message)) || isRedisUnavailable(fault.cause, depth + 1);
}
