import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../command-line.ts';
import { COMMAND, givenWorld, LEAD, OPERATOR } from '../world.ts';

/** The bot's clock is this far ahead: the execution is looked at every 30 s. */
let ahead = 0;
const world = givenWorld({ serve: { clock: { now: () => new Date(Date.now() + ahead) } } });
let redis: Redis;

beforeAll(() => {
  redis = new Redis(world().env.REDIS_URL ?? '', { replyMapping: 'legacy' });
});
afterAll(() => redis.disconnect());

/** The keys of this world without their prefix, and the seconds that they have left; -1: there is no end. */
async function keys(): Promise<Map<string, number>> {
  const prefix = `{${world().env.REDIS_KEY_PREFIX}}:`;
  const names = await redis.keys(`${prefix.replace(/[{}]/g, '?')}*`);
  const left = await Promise.all(names.map((name) => redis.ttl(name)));
  return new Map(names.map((name, place) => [name.slice(prefix.length), left[place] ?? -2]));
}

/** What docs/growth.md says goes by itself after a time, as a pattern of its keys. */
function withTime(): RegExp[] {
  const lines = readFileSync(join(ROOT, 'docs/growth.md'), 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, names = '', , bound = ''] = line.split('|').map((cell) => cell.trim());
    if (!/^\d+ (?:second|minute|hour|day)/.test(bound)) return [];
    return [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => new RegExp(`^${name.replaceAll('…', '.+')}$`));
  });
}

describe('what is left of a request', () => {
  it('goes by itself, or is the log and what leads to its records', async () => {
    const { slack, aws, arn, ask, approve, result } = world();
    await slack.as(OPERATOR).openHome();
    const card = await ask(arn, '50MiB/s for 2h');
    await approve(LEAD, card);
    await result(card);
    aws.finish(arn, 'SUCCESS');
    ahead = 60_000;
    const cancelled = await ask(world().execution());
    await slack.as(OPERATOR).click(cancelled, 'cancel');
    await slack.as(OPERATOR).command('C0OPS', COMMAND, 'list');

    const ended = [/^op:/, /^request:/, /^card:/];
    const prefix = `{${world().env.REDIS_KEY_PREFIX}}`;
    /** At one moment: work in hand is in its stream, and what it leaves to be done later is there as soon as it is not. */
    const busy = async () => {
      const names = ['open', 'timers', 'in-force', 'changing', `open:${arn}`].map((name) => `${prefix}:${name}`);
      const told = await redis
        .multi()
        .xlen(`${prefix}:outbox`)
        .xlen(`${prefix}:outbox:slack`)
        .exists(...names)
        .exec();
      return told?.map(([, count]) => count);
    };
    await expect.poll(busy).toEqual([0, 0, 0]);
    const left = await keys();
    for (const kind of ended)
      expect(
        [...left.keys()].some((key) => kind.test(key)),
        String(kind),
      ).toBe(true);
    for (const [key, seconds] of left) {
      if ([...withTime(), ...ended].some((kind) => kind.test(key))) expect(seconds, key).toBeGreaterThan(0);
    }
    const known =
      /^(?:audit:(?:head|log|checkpoint)|ix:(?:request|execution|task|user):.+|outbox|outbox:slack|replicas|policy:(?:current|text:.+))$/;
    for (const [key, seconds] of left) if (seconds === -1) expect(key).toMatch(known);
  });
});
