/** What a Redis answers that will take the same command later, or of which another one will. */
const PASSING = /^(LOADING|READONLY|OOM|MASTERDOWN|BUSY|NOREPLICAS|MISCONF|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|UNBLOCKED)\b/;

/** What the client says of a connection that is not there. It has no codes for these. */
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

/** Redis itself said no, so nothing was written. By name: the class has no type. */
export function isReply(fault: unknown): fault is Error {
  return fault instanceof Error && fault.name === 'ReplyError';
}

/** Redis said no, and will not say so for ever. */
export function isPassing(reply: Error): boolean {
  return PASSING.test(reply.message);
}

/** Whether this is Redis being away, or refusing for a while; or came of that. */
export function isRedisAway(fault: unknown, depth = 0): boolean {
  if (!(fault instanceof Error) || depth > DEEPEST_CAUSE) return false;
  if (fault.name === 'ReplyError') return isPassing(fault);
  return NO_CONNECTION.some((words) => words.test(fault.message)) || isRedisAway(fault.cause, depth + 1);
}
