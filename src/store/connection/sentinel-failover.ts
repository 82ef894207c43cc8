import type { Redis } from 'ioredis';

/** The old primary accepts writes for another ten seconds after this message, and all of them are lost. */
const SWITCHED = '+switch-master';
/** Sent about 0.1 s before the replica is told that it is the primary. */
const BEGINS = '+failover-state-send-slaveof-noone';
const GIVEN_UP = '-failover-abort-slave-timeout';
const CHANNELS = [SWITCHED, BEGINS, GIVEN_UP];

/** A switch takes about a second. After this long, its last message was missed. */
const MAX_MS = 10_000;
const PING_MS = 10_000;

const handingOver = new WeakSet<object>();

/** Whether the primary of this connection is being replaced, so that what is written now would be lost. */
export function isHandingOver(connection: object): boolean {
  return handingOver.has(connection);
}

/**
 * Disconnects from a primary as soon as a sentinel says that another one took over; `isHandingOver` is true from the moment at
 * which the other one is chosen. The client's own `failoverDetector` knows nothing of that moment, disconnects at the switch of
 * any primary, tries a sentinel that was away only once a minute, and prints each of its faults.
 * @param sentinels a connection to each, not opened yet, without autoResubscribe; they are closed with `connection`
 * @param name of the primary, as the sentinels know it
 */
export function followFailovers(connection: Redis, sentinels: readonly Redis[], name: string): void {
  let overdue: NodeJS.Timeout | undefined;
  const endHandover = () => {
    clearTimeout(overdue);
    handingOver.delete(connection);
  };

  const heard = (channel: string, message: string) => {
    if (!isAbout(message, name)) return;
    if (channel !== BEGINS) endHandover();
    if (channel === SWITCHED) reconnect(connection);
    if (channel !== BEGINS) return;
    handingOver.add(connection);
    clearTimeout(overdue);
    overdue = setTimeout(endHandover, MAX_MS).unref();
  };

  for (const sentinel of sentinels) {
    // `connection` asks the same sentinels and reports their faults.
    sentinel.on('error', () => {});
    sentinel.on('ready', () => void sentinel.subscribe(...CHANNELS).catch(() => sentinel.disconnect(true)));
    sentinel.on('message', heard);
    sentinel.connect().catch(() => {});
  }
  // A sentinel may send nothing for weeks: without pings a dead connection would go unnoticed.
  const pinging = setInterval(() => {
    for (const sentinel of sentinels) sentinel.ping().catch(() => {});
  }, PING_MS).unref();

  connection.once('end', () => {
    endHandover();
    clearInterval(pinging);
    for (const sentinel of sentinels) sentinel.disconnect();
  });
}

/** `+switch-master` begins with the name; the others end with `@ NAME host port`, or have `master NAME host port`. */
function isAbout(message: string, name: string): boolean {
  const words = message.split(' ');
  return words[0] === name || words[words.indexOf('@') + 1] === name || (words[0] === 'master' && words[1] === name);
}

function reconnect(connection: Redis): void {
  // A disconnect while it asks the sentinels would be final.
  if (connection.status === 'connecting') connection.once('ready', () => connection.disconnect(true));
  else if (connection.status === 'ready' || connection.status === 'connect') connection.disconnect(true);
}
