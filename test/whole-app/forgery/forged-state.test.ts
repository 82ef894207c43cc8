import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { givenWorld, LEAD, shows } from '../world.ts';

const at = givenWorld();

it('A request that was edited to approved in Redis is not applied: people, the channel and /readyz are told', async () => {
  const arn = at().execution();
  const card = await at().ask(arn);
  const [id = ''] = /r-[0-9a-z]{10}/.exec(visibleText(card)) ?? [];
  const redis = new Redis(at().env.REDIS_URL ?? '', { replyMapping: 'legacy' });
  const key = (name: string) => `{${at().env.REDIS_KEY_PREFIX}}:${name}`;
  const before = (await redis.hget(key(`request:${id}`), 'state')) ?? '';
  await redis.hset(key(`request:${id}`), 'state', JSON.stringify({ ...JSON.parse(before), status: 'approved' }));
  await redis.xadd(key('outbox'), '*', 'e', JSON.stringify({ kind: 'apply', request: id }));

  const alarm = await at().slack.until(() =>
    at()
      .slack.messages()
      .find((one) => shows(one, `Request ${id}: its stored`)),
  );
  expect(alarm.channel).toBe('C0OPS');
  expect(visibleText(alarm)).toContain('differs from the audit log in');
  const ready = await fetch(`http://127.0.0.1:${at().bots[0]?.opsPort}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain(id);
  await at().review(LEAD, card, 'doesn’t match the audit log');
  expect(at().sent(arn)).toEqual([]);

  await redis.hset(key(`request:${id}`), 'state', before);
  redis.disconnect();
  await expect
    .poll(async () => (await fetch(`http://127.0.0.1:${at().bots[0]?.opsPort}/readyz`)).status, { timeout: 20_000 })
    .toBe(200);
  expect(await at().approve(LEAD, card)).toMatchObject({ status: 200 });
  await at().result(card);
  expect(at().sent(arn)).toHaveLength(1);
  at().logged.length = 0;
});
