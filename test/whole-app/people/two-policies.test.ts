import { writeFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { LOOPBACK } from '../../../sandbox/local-world.ts';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { type Running, serve } from '../../../src/serve.ts';
import { COMMAND, givenWorld, LEAD, LEAD2, MiB, OPERATOR, POLICY } from '../world.ts';

/** The bot that Slack talks to lets everything through at once. */
const LAX = POLICY.replace('lower: 1, raise: 1, unlimited: 2', 'lower: 0, raise: 0, unlimited: 0');
const at = givenWorld({ policy: LAX });

let redis: Redis;
let others: Running[];
beforeAll(() => {
  redis = new Redis(inject('redisUrl'));
  others = [];
});
afterEach(async () => {
  await Promise.all(others.splice(0).map((bot) => bot.stop()));
  await redis.del(replicas());
  await reload(LAX);
});
afterAll(() => redis.disconnect());

const replicas = () => `{${at().env.REDIS_KEY_PREFIX}}:replicas`;

/** Another bot, which nobody in Slack talks to. */
async function another(policy: string): Promise<Running> {
  const file = `${at().policyFile}.other`;
  await writeFile(file, policy);
  const bot = await serve({ ...at().env, POLICY_FILE: file }, { host: LOOPBACK });
  others.push(bot);
  return bot;
}

async function reload(policy: string): Promise<void> {
  await writeFile(at().policyFile, policy);
  await at().bots[0]?.reloadPolicy();
}

const says = (arn: string, words: string, user = OPERATOR) =>
  at().told(user, () => at().slack.as(user).command('C0OPS', COMMAND, `${arn} ${words}`));
const lastRecord = async (arn: string, event: string) =>
  (await at().records()).findLast((record) => record.execution === arn && record.event === event);

describe('two bots with different policies on one Redis', () => {
  it('let through what both allow, with the higher number of approvals, whichever of them does it', async () => {
    const arn = at().execution();
    await another(POLICY);
    const told = await says(arn, '200MiB/s');
    expect(told.text).toContain('It needs one approval');
    const card = await at().card(arn, 'Waiting for 1 approval');
    expect(at().sent(arn)).toEqual([]);
    const record = await lastRecord(arn, 'requested');
    const policies = record?.event === 'requested' ? (record.detail.policies ?? []) : [];
    expect(policies).toHaveLength(2);
    expect(record?.policy).toBe(policies[1]);
    await at().approve(LEAD, card);
    await at().card(arn, 'In force');
    expect(at().sent(arn)).toEqual([200 * MiB]);
  });

  it('refuse what one of them does, and say that it was the other', async () => {
    const arn = at().execution();
    await another(LAX.replace('max: 1GiB/s', 'max: 60MiB/s'));
    const told = await says(arn, '70MiB/s');
    expect(told.text).toContain('rates from 1 MiB/s (8.39 Mbit/s) to 60 MiB/s');
    expect(told.text).toContain('Two policies are active while bots are being updated, and the stricter one applies');
    expect((await lastRecord(arn, 'refused'))?.detail).toMatchObject({ why: 'rate-outside' });
    expect(at().sent(arn)).toEqual([]);
    const why = await says(arn, '50MiB/s');
    expect(why.text).toContain('No approval is needed');
  });

  it('go by a policy that one of them loads from its first decision on', async () => {
    const arn = at().execution();
    const other = await another(LAX);
    await writeFile(`${at().policyFile}.other`, POLICY.replace('lower: 1', 'lower: 2'));
    await other.reloadPolicy();
    await says(arn, '50MiB/s');
    const card = await at().card(arn, 'Waiting for 2 approvals');
    const modal = await at().review(LEAD, card);
    expect(visibleText(modal)).toContain('2 approvals still needed');
    await at().slack.as(LEAD).submit(modal, { decision: 'approve' });
    // The bots agree again: one approval is there, and nothing is needed but a click.
    await writeFile(`${at().policyFile}.other`, LAX);
    await other.reloadPolicy();
    await at().approve(LEAD2, await at().card(arn, 'Waiting for 1 more approval'));
    await at().card(arn, 'In force');
    expect(at().sent(arn)).toEqual([50 * MiB]);
  });

  it('only lower limits, and end them, while one runs a policy that the other can’t read', async () => {
    const arn = at().execution();
    await says(arn, '50MiB/s for 1h');
    const card = await at().card(arn, 'In force');
    await redis.hset(replicas(), 'newer', JSON.stringify({ digest: 'f'.repeat(64), at: Date.now() }));
    const refused = await says(arn, '200MiB/s');
    expect(refused.text).toContain('only requests that lower a limit are accepted');
    await says(arn, '40MiB/s for 2h');
    const lower = await at().card(arn, '→ 40 MiB/s');
    await at().slack.until(() => at().sent(arn).length === 2 || undefined);
    const inForce = await at().card(arn, 'In force*: nightly-archive, 50 MiB/s (419 Mbit/s) → 40 MiB/s');
    expect(inForce.ts).toBe(lower.ts);
    expect(inForce.ts).not.toBe(card.ts);
    await at().slack.as(OPERATOR).click(inForce, 'revert-now');
    await at().card(arn, 'Set back to 50 MiB/s');
    expect(at().sent(arn)).toEqual([50, 40, 50].map((rate) => rate * MiB));
  });

  it('hear of each other before they answer anything', async () => {
    await another(POLICY);
    const found = await redis.hvals(replicas());
    expect(new Set(found.map((text) => JSON.parse(text).digest)).size).toBe(2);
  });
});
