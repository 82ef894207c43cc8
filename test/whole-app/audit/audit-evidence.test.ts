import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { COMMAND, expectGoodManners, LEAD, startTestWorld, type TestWorld } from '../world.ts';

const PATIENCE = { timeoutMs: 20_000 };

let redis: Redis;
let world: TestWorld;
let folder: string;
let checkpointFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-evidence-'));
  checkpointFile = join(folder, 'checkpoints.jsonl');
  redis = new Redis(inject('redisUrl'), { replyMapping: 'legacy' });
  const env = { AUDIT_CHANNEL: 'C0OPS', AUDIT_CHECKPOINT_FILE: checkpointFile, LOG_LEVEL: 'fatal' };
  world = await startTestWorld({ env });
});
afterEach(async () => {
  expectGoodManners(world);
  await world.stop();
  redis.disconnect();
  await rm(folder, { recursive: true });
});

const key = (name: string) => `{${world.env.REDIS_KEY_PREFIX}}:audit:${name}`;
const alarm = (words: string) =>
  world.slack.until(
    () =>
      world.slack
        .messages('C0OPS')
        .map((one) => visibleText(one))
        .find((text) => text.includes('changed by someone else') && text.includes(words)),
    PATIENCE,
  );
const readyz = async () => {
  const answer = await fetch(`http://127.0.0.1:${world.bots[0]?.opsPort}/readyz`);
  return { status: answer.status, body: await answer.text() };
};

/** Changes one record, as who can write to Redis can. */
async function alter(seq: number): Promise<void> {
  const entries = await redis.xrangeBuffer(key('log'), '-', '+');
  const changed = redis.multi().del(key('log'));
  for (const [id, [b = '', bytes = Buffer.of(), ...rest]] of entries) {
    const forged = bytes.toString().replace('"to":52428800', '"to":-1');
    changed.xadd(key('log'), id.toString(), b, id.toString() === `${seq}-0` ? forged : bytes, ...rest);
  }
  await changed.exec();
}

describe('a record that was altered in Redis', () => {
  it('is shown as not to be trusted, in the channel and to whoever looks at readiness too', async () => {
    const { slack, told } = world;
    await world.ask(world.execution());
    await world.ask(world.execution());
    await alter(2);
    const { text } = await told(LEAD, () => slack.as(LEAD).command('C0OPS', COMMAND, 'audit'));
    expect(text).toContain('Record 2 was altered: its hash or signature doesn’t match its content');
    expect(text).toContain('record 3 · hash');
    expect(await alarm('record 2')).toContain('audit verify');
    expect(await readyz()).toMatchObject({ status: 200, body: expect.stringContaining('record 2 of the audit log') });
  });
});

describe('a checkpoint that was changed in Redis', () => {
  it('is told, and the bot makes its own all the same, the last one when it stops', async () => {
    await redis.hset(key('checkpoint'), 'seq', '999999999');
    expect(await alarm('record 999999999')).not.toBe('');
    expect((await readyz()).body).toContain('999999999');
    await world.ask(world.execution());
    const seq = await redis.hget(key('head'), 'seq');
    await world.bots.pop()?.stop();
    expect((await readFile(checkpointFile, 'utf8')).trimEnd().split('\n').at(-1)).toContain(`"seq":${seq},`);
    const posts = world.slack.messages('C0OPS').map((one) => visibleText(one));
    expect(posts.filter((text) => text.includes(`"seq":${seq},`))).toHaveLength(1);
  });
});
