import { describe, expect, it } from 'vitest';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { StateUnproven } from '../../../src/workflow/faults.ts';
import { arnOf } from '../../aws/aws-environment.ts';
import { MIB } from '../../domain/given.ts';
import { approved, givenBot, idOf } from '../given-bot.ts';
import { granted, HOUR, to } from '../given-grants.ts';

/** Somebody who can write to Redis, and has no audit key. */
const given = givenBot({ approvals: { lower: 1, raise: 2, unlimited: null } });

/** What is stored of a request. */
async function stored(id: string): Promise<string> {
  const { redis, keys } = given.bot;
  return (await redis.hget(keys.request(id), 'state')) ?? '';
}

async function put(id: string, state: string): Promise<void> {
  const { redis, keys } = given.bot;
  const { version } = JSON.parse(state) as ThrottleRequest;
  await redis.hset(keys.request(id), 'state', state, 'version', String(version), 'seq', '1', 'hash', 'f'.repeat(64));
}

/** Changes what is stored. @returns what was stored before */
async function edit(id: string, change: (request: ThrottleRequest) => object): Promise<string> {
  const before = await stored(id);
  await put(id, JSON.stringify(change(JSON.parse(before) as ThrottleRequest)));
  return before;
}

async function push(kind: string, request: string): Promise<void> {
  const { redis, keys } = given.bot;
  await redis.xadd(keys.awsOutbox, '*', 'e', JSON.stringify({ kind, request }));
}

async function someTimeLater(seconds: number): Promise<void> {
  given.world.seconds += seconds;
  await given.bot.work();
}

const byFree = { approvals: { lower: 0, raise: 2, unlimited: null }, maxDurationSeconds: 2 * HOUR };

describe('a stored request that was changed past the bot', () => {
  it('is not applied where it is said to be approved, and goes on once it is repaired', async () => {
    const id = idOf(await given.bot.ask());
    const before = await edit(id, (request) => ({ ...request, status: 'approved' }));
    await push('apply', id);
    await given.bot.work();
    expect(given.sent()).toEqual([]);
    expect(given.bot.ledger.proof.wrong()).toEqual([
      `${id}: its stored state differs from the audit log in \`status\``,
    ]);
    await put(id, before);
    expect(await given.bot.review(id, 'U0LEAD')).toMatchObject({ kind: 'decided' });
    await someTimeLater(20);
    expect(given.sent()).toEqual([50]);
    expect(given.bot.ledger.proof.wrong()).toEqual([]);
  });

  it('is not approved on top of an approval that nobody gave', async () => {
    const id = idOf(await given.bot.ask(to(200)));
    const by = { team: 'T0', user: 'U0SECOND', name: 'second' };
    const at = given.bot.clock.now().toISOString();
    await edit(id, (request) => ({ ...request, approvals: [{ by, at, comment: null }] }));
    await expect(given.bot.review(id, 'U0LEAD')).rejects.toThrow(StateUnproven);
    await given.bot.work();
    expect(await given.bot.events()).toEqual(['requested']);
    expect(given.sent()).toEqual([]);
  });

  it.each<[string, (request: ThrottleRequest) => object]>([
    ['rate', (request) => ({ ...request, to: 500 * MIB })],
    ['account', (request) => ({ ...request, account: '444455556666' })],
    [
      'execution',
      (request) => ({
        ...request,
        execution: request.execution.replace(/exec-(.)/, (_, one) => `exec-${one === 'f' ? 'e' : 'f'}`),
      }),
    ],
    ['requester', (request) => ({ ...request, requester: { ...request.requester, user: 'U0LEAD' } })],
    ['time', (request) => ({ ...request, durationSeconds: 9 * HOUR })],
    ['version', (request) => ({ ...request, version: request.version + 7 })],
    ['end', (request) => ({ ...request, until: '2030-01-01T00:00:00.000Z' })],
  ])('is not applied with another %s', async (_, change) => {
    const id = await approved(given.bot);
    const before = await edit(id, change);
    await given.bot.work();
    expect(given.sent()).toEqual([]);
    expect(given.bot.ledger.proof.wrong()).toHaveLength(1);
    await put(id, before);
    await someTimeLater(20);
    expect(given.sent()).toEqual([50]);
  });

  it.each<[string, (hold: NonNullable<ThrottleRequest['hold']>) => object]>([
    ['rate to revert to', (hold) => ({ ...hold, base: -1 })],
    ['role', (hold) => ({ ...hold, role: 'arn:aws:iam::444455556666:role/theirs' })],
    ['time', (hold) => ({ ...hold, dueAt: hold.since })],
    ['intent', (hold) => ({ ...hold, sent: { sentAt: hold.since, attempt: 1 } })],
  ])('is not reverted with another %s', async (_, change) => {
    given.world.rule = { ...given.world.rule, ...byFree };
    const id = await granted(given.bot);
    const before = await edit(id, (request) => ({ ...request, hold: request.hold && change(request.hold) }));
    await push('revert', id);
    await someTimeLater(HOUR + 1);
    expect(given.sent()).toEqual([50]);
    await put(id, before);
    await someTimeLater(20);
    expect(given.sent()).toEqual([50, 100]);
  });

  it('stays as the log has it where an old state was put back', async () => {
    const id = await approved(given.bot);
    const before = await stored(id);
    await given.bot.cancel(id, 'U0OPER');
    await put(id, before);
    await push('apply', id);
    await given.bot.work();
    expect(given.sent()).toEqual([]);
    expect(given.bot.ledger.proof.wrong()).toEqual([`${id}: the audit log has no such open request`]);
  });

  it('counts for nothing where nobody requested it', async () => {
    const id = await approved(given.bot);
    const made = 'r-madeup0000';
    await put(made, JSON.stringify({ ...JSON.parse(await stored(id)), id: made, to: 900 * MIB }));
    await given.bot.redis.zadd(given.bot.keys.open, '1', made);
    await push('apply', made);
    await push('revert', made);
    await push('expire', made);
    await someTimeLater(10 * HOUR);
    expect(given.sent()).toEqual([]);
    expect((await given.bot.redis.hget(given.bot.keys.request(made), 'version')) ?? '').toBe('2');
  });

  it('is not gone where it was only deleted: its limit reverts once it is back', async () => {
    given.world.rule = { ...given.world.rule, ...byFree };
    const id = await granted(given.bot);
    const before = await stored(id);
    await given.bot.redis.del(given.bot.keys.request(id));
    await someTimeLater(HOUR + 1);
    expect(given.sent()).toEqual([50]);
    await given.bot.ledger.proof.check();
    expect(given.bot.ledger.proof.wrong()).toEqual([`${id}: it is open by the audit log, and nothing is stored of it`]);
    await put(id, before);
    await someTimeLater(20);
    expect(given.sent()).toEqual([50, 100]);
  });
});

describe('which limit is in force, changed past the bot,', () => {
  it('ends no grant, and lends no rate to revert to', async () => {
    given.world.rule = { ...given.world.rule, ...byFree };
    const id = await granted(given.bot);
    const { redis, keys } = given.bot;
    const made = 'r-madeup0000';
    const request = JSON.parse(await stored(id)) as ThrottleRequest;
    await put(made, JSON.stringify({ ...request, id: made, hold: { ...request.hold, base: -1 } }));
    const before = await redis.hget(keys.inForce, given.arn);
    await redis.hset(keys.inForce, given.arn, `${made}:4`);
    await expect(given.bot.ask({ ...to(40), durationSeconds: HOUR })).rejects.toThrow(StateUnproven);
    await someTimeLater(HOUR + 1);
    expect(given.sent()).toEqual([50]);
    expect((await given.bot.request(id)).hold).toMatchObject({ end: null });
    await redis.hset(keys.inForce, given.arn, before ?? '');
    await someTimeLater(20);
    expect(given.sent()).toEqual([50, 100]);
  });

  it('hides no grant from who weighs a request', async () => {
    given.world.rule = { ...given.world.rule, ...byFree };
    await granted(given.bot);
    await given.bot.redis.hdel(given.bot.keys.inForce, given.arn);
    await expect(given.bot.ask({ ...to(40), durationSeconds: 60 })).rejects.toThrow(StateUnproven);
  });

  it('may be nothing once the execution has ended', async () => {
    given.world.rule = { ...given.world.rule, ...byFree };
    await granted(given.bot);
    given.aws.finish(given.arn, 'SUCCESS');
    await someTimeLater(60);
    expect(await given.bot.redis.hgetall(given.bot.keys.inForce)).toEqual({});
    expect(given.bot.ledger.proof.wrong()).toEqual([]);
  });
});

describe('a record that is put into the log again', () => {
  it('decides nothing', async () => {
    const id = await approved(given.bot);
    const { redis, keys } = given.bot;
    const state = await stored(id);
    const entries = await redis.xrangeBuffer(keys.audit, '-', '+');
    await given.bot.cancel(id, 'U0OPER');
    const [, fields = []] = entries.at(-1) ?? [];
    const replayed = `${entries.length + 2}-0`;
    await redis.xadd(keys.audit, replayed, ...fields);
    await put(id, state);
    await push('apply', id);
    await given.bot.work();
    const other = await given.another();
    await other.work();
    await someTimeLater(400);
    expect(given.sent()).toEqual([]);
    await redis.xdel(keys.audit, replayed);
  });
});

it('a bot that starts reads the log from the first record that is open, and further back where Redis hides that', async () => {
  const hidden = await approved(given.bot);
  const { redis, keys } = given.bot;
  await redis.del(keys.open, keys.indexRequest(hidden));
  const task = given.aws.addTask({ name: 'other', account: arnOf(given.arn).account, region: arnOf(given.arn).region });
  const arn = given.aws.startExecution(task, { bytes: 1e12, status: 'TRANSFERRING', bytesPerSecond: 100 * MIB });
  await given.bot.ask({ execution: arnOf(arn) });
  const other = await given.another();
  await expect
    .poll(() => other.ledger.prove(hidden))
    .toMatchObject({ kind: 'proven', stored: { request: { id: hidden } } });
  await redis.zadd(keys.open, '1', hidden);
});
