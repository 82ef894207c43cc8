const EFFECT = 'nothing can be requested, decided, applied or reverted';

/** By the first word of Redis's error: what is wrong, and what to do. */
const REFUSALS: Readonly<Record<string, string>> = {
  OOM: 'Redis has reached maxmemory and refuses writes: raise maxmemory. Never evict: the audit log would be evicted with the rest',
  READONLY: 'Redis is a read-only replica: point REDIS_URL at the primary, or promote this one',
  NOREPLICAS: 'Redis has fewer replicas in sync than min-replicas-to-write: bring the replicas back',
  MISCONF: 'Redis can’t write to its disk and refuses writes: see the log of Redis',
  NOPERM: 'the user of REDIS_URL may not run a command that the bot needs: check its ACL',
  NOAUTH: 'Redis requires a password: set it in REDIS_URL',
  WRONGPASS: 'Redis refuses the user name or password of REDIS_URL',
  CLUSTERDOWN: 'the Redis Cluster is down, or no node serves the bot’s hash slot: see CLUSTER INFO',
  MASTERDOWN: 'Redis is a replica that has lost its primary: point REDIS_URL at the primary',
  LOADING: 'Redis is still reading its data from disk: wait until it has started',
  BUSY: 'Redis is busy with a script that does not end: see SCRIPT KILL',
  WRONGTYPE: 'a key of the bot has the wrong type: see the log for its name, and find out who wrote it',
};

/** What a failed check or commit means: its effect, what is wrong, and what to do. Contains no address and no value. */
export function describeRedisFault(fault: unknown): string {
  const code = codeOf(fault);
  const refusal = code === null ? undefined : REFUSALS[code];
  if (refusal !== undefined) return `${EFFECT}. ${refusal}`;
  if (code !== null) return `${EFFECT}. Redis refuses writes (${code}): see the log`;
  return `${EFFECT}. Redis does not answer: check that it runs and that REDIS_URL reaches it`;
}

/** The same for a key that something else has written to. */
export function describeWrongType({ key, found, needed }: { key: string; found: string; needed: string }): string {
  return `${EFFECT}. ${key} is a ${found} and must be a ${needed}: find out who wrote it, and move it away (RENAME)`;
}

/** The first word of Redis's error, which may be a cause of the fault; null: Redis did not answer. */
function codeOf(fault: unknown): string | null {
  for (let one = fault; one instanceof Error; one = one.cause) {
    if (one.name === 'ReplyError') return /^[A-Z]+/.exec(one.message)?.[0] ?? 'ERR';
  }
  return null;
}
