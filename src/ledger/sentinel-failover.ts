import type { Redis } from 'ioredis';

/** The old primary takes writes for another ten seconds after this, and all of them are lost. */
const SWITCHED = '+switch-master';
/** About 0.1 s before the replica is told that it is the primary. */
const BEGINS = '+failover-state-send-slaveof-noone';
const GIVEN_UP = '-failover-abort-slave-timeout';
const CHANNELS = [SWITCHED, BEGINS, GIVEN_UP];

/** A switch takes about a second. What is longer was not told to its end. */
const MOST_MS = 10_000;
const PING_MS = 10_000;

const handingOver = new WeakSet<object>();

/** Whether what is written to this connection now is about to be lost: its primary hands over to another one. */
export function isHandingOver(connection: object): boolean {
  return handingOver.has(connection);
}

/**
 * Leaves a primary as soon as a sentinel says that another took over, and marks the connection from the moment at which
 * the other one is chosen. The client's own `failoverDetector` does not know the second, leaves at the switch of any
 * primary, asks a sentinel that was away again after a minute, and prints each of its faults.
 * @param sentinels a connection to each, not opened yet, that does not subscribe again by itself; they end with the other
 * @param name that they know the primary by
 */
export function followFailovers(connection: Redis, sentinels: readonly Redis[], name: string): void {
  let late: NodeJS.Timeout | undefined;
  const over = () => {
    clearTimeout(late);
    handingOver.delete(connection);
  };

  const heard = (channel: string, message: string) => {
    if (!isAbout(message, name)) return;
    if (channel !== BEGINS) over();
    if (channel === SWITCHED) leave(connection);
    if (channel !== BEGINS) return;
    handingOver.add(connection);
    clearTimeout(late);
    late = setTimeout(over, MOST_MS).unref();
  };

  for (const sentinel of sentinels) {
    // The connection itself asks the same sentinels, and says what is wrong with them.
    sentinel.on('error', () => {});
    sentinel.on('ready', () => void sentinel.subscribe(...CHANNELS).catch(() => sentinel.disconnect(true)));
    sentinel.on('message', heard);
    sentinel.connect().catch(() => {});
  }
  // A sentinel says nothing for weeks: one that is gone without a word would not be missed.
  const pinging = setInterval(() => {
    for (const sentinel of sentinels) sentinel.ping().catch(() => {});
  }, PING_MS).unref();

  connection.once('end', () => {
    over();
    clearInterval(pinging);
    for (const sentinel of sentinels) sentinel.disconnect();
  });
}

/** `+switch-master` begins with the name; the others end with `@ NAME host port`, or have `master NAME host port`. */
function isAbout(message: string, name: string): boolean {
  const words = message.split(' ');
  return words[0] === name || words[words.indexOf('@') + 1] === name || (words[0] === 'master' && words[1] === name);
}

function leave(connection: Redis): void {
  // While it asks the sentinels an end would be for good.
  if (connection.status === 'connecting') connection.once('ready', () => connection.disconnect(true));
  else if (connection.status === 'ready' || connection.status === 'connect') connection.disconnect(true);
}
