import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { createKeys } from '../../../src/store/connection/keys.ts';
import { COMMAND, givenWorld, LEAD, OPERATOR, shows } from '../world.ts';

const at = givenWorld();
let redis: Redis;

beforeAll(() => {
  redis = new Redis(at().env.REDIS_URL ?? '', { replyMapping: 'legacy' });
});
afterAll(() => redis.disconnect());

it('a stored request that can’t be read stops no other, and whoever asks for it is told', async () => {
  const { slack, execution, ask, review, approve, result, records, sent, events, told, bots } = at();
  const [broken, other] = [execution({ name: 'written-elsewhere' }), execution({ name: 'as-usual' })];
  const card = await ask(broken);
  const next = await ask(other);
  const id = (await records()).findLast((record) => record.execution === broken)?.request ?? '';
  const key = createKeys(at().env.REDIS_KEY_PREFIX ?? '').request(id);
  const state = JSON.parse((await redis.hget(key, 'state')) ?? '');
  await redis.hset(key, 'state', JSON.stringify({ ...state, status: 'paused' }));

  const say = (user: string, words: string) => told(user, () => slack.as(user).command('C0OPS', COMMAND, words));
  const requests = await say(LEAD, 'requests');
  expect(requests.text).toContain('as-usual');
  expect(requests.text).not.toContain('written-elsewhere');
  const list = await say(LEAD, 'list');
  expect(list.text).toContain('written-elsewhere');
  await slack.as(LEAD).openHome();
  await slack.until(() => {
    const home = slack.as(LEAD).home();
    return home && shows(home, 'For you to decide* (1)');
  });

  const words = `The stored state of request \`${id}\` can’t be read here`;
  for (const view of [await review(LEAD, card, words)]) await slack.as(LEAD).close(view);
  expect((await say(OPERATOR, `status ${broken}`)).text).toContain(words);
  expect((await say(OPERATOR, `${broken} 30MiB/s`)).text).toContain('open');

  await approve(LEAD, next);
  expect(visibleText(await result(next))).toContain('50 MiB/s');
  expect(sent(other)).toHaveLength(1);
  expect(sent(broken)).toEqual([]);
  expect((await events(broken)).filter((event) => event !== 'refused')).toEqual(['requested']);

  const answer = await fetch(`http://127.0.0.1:${bots[0]?.opsPort}/readyz`);
  const { checks } = (await answer.json()) as { checks: { name: string; state: string; detail: string }[] };
  expect(checks.find(({ name }) => name === 'work')).toMatchObject({
    state: 'warn',
    detail: expect.stringContaining(id),
  });
});
