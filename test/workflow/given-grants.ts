import type { RequestCommand } from '../../src/domain/request/request-command.ts';
import { MIB } from '../domain/given.ts';
import { idOf } from './given-bot.ts';
import type { Bot } from './start-bot.ts';

export const HOUR = 3600;

/** No approval is needed, for two hours at most. */
export const FREE = {
  approvals: { lower: 0, raise: 0, unlimited: 0 },
  maxDurationSeconds: 2 * HOUR,
  expiresInSeconds: 3 * HOUR,
};

/** A limit in force, of 50 MiB/s for an hour unless said otherwise; the id of its request. */
export async function granted(bot: Bot, changes: Partial<Omit<RequestCommand, 'requester'>> = {}): Promise<string> {
  const id = idOf(await bot.ask({ durationSeconds: HOUR, ...changes }));
  await bot.work();
  return id;
}

/** The events after those that brought the first limit into force. */
export async function eventsSince(bot: Bot): Promise<string[]> {
  return (await bot.events()).slice(3);
}

/** A rate to request. */
export function to(mib: number): Pick<RequestCommand, 'rate'> {
  return { rate: { kind: 'absolute', bytesPerSecond: mib * MIB } };
}
