import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { COMMAND, givenWorld, LEAD, LEAD2, OPERATOR, POLICY } from '../world.ts';

const at = givenWorld();

/** A bot that knows nobody yet: what Slack says of people is kept for 10 s. */
async function anotherBot(): Promise<void> {
  const { startBot, bots } = at();
  await startBot();
  await bots.shift()?.stop();
}

afterEach(async () => {
  const { slack, bots, policyFile } = at();
  slack.setUser(LEAD, { deleted: false });
  slack.setUser(OPERATOR, { deleted: false });
  slack.setGroup('S0LEADS', [LEAD, LEAD2]);
  slack.setGroup('S0OPS', ['U0OPER', 'U0OPER2']);
  await writeFile(policyFile, POLICY);
  await bots[0]?.reloadPolicy();
  await anotherBot();
});

describe('who may, when it is decided', () => {
  it('is read again: an approver who has left the group is none', async () => {
    const { slack, execution, ask, review, events } = at();
    const arn = execution();
    const card = await ask(arn);
    slack.setGroup('S0LEADS', [LEAD2]);
    await anotherBot();
    expect(visibleText(await review(LEAD, card, 'You may not decide'))).toContain('<!subteam^S0LEADS>');
    expect(await events(arn)).toEqual(['requested', 'decision.refused']);
  });

  it('is read again at the second approval: one that counts no more ends it', async () => {
    const { slack, execution, ask, approve, review, card, sent, events, records } = at();
    const arn = execution();
    const asked = await ask(arn, 'unlimited');
    await approve(LEAD, asked);
    await card(arn, '1 of 2');
    slack.setUser(LEAD, { deleted: true });
    await anotherBot();
    await review(LEAD2, asked, 'nothing was sent to AWS');
    await card(arn, 'Out of date');
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.stale']);
    expect((await records()).at(-1)?.detail).toMatchObject({ why: 'policy' });
    expect(sent(arn)).toEqual([]);
  });

  it('is read again for the requester too', async () => {
    const { slack, execution, ask, review, card, events } = at();
    const arn = execution();
    const asked = await ask(arn);
    slack.setUser(OPERATOR, { deleted: true });
    await anotherBot();
    await review(LEAD, asked, 'nothing was sent to AWS');
    await card(arn, 'Out of date');
    expect(await events(arn)).toEqual(['requested', 'apply.stale']);
  });

  it('an emptied group: nobody can decide, and nobody can ask', async () => {
    const { slack, told, execution, ask, review, events } = at();
    const [arn, other] = [execution(), execution()];
    const card = await ask(arn);
    slack.setGroup('S0LEADS', []);
    await anotherBot();
    await review(LEAD, card, 'You may not decide');
    const { text } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${other} 50MiB/s`));
    expect(text).toMatch(/needs 1 approval.*nobody but you could give one/);
    expect(await events(other)).toEqual(['refused']);
  });

  it('a group that is gone: nobody is let through, and it is named, for waiting would not help', async () => {
    const { slack, bots, told, execution, ask, review, events } = at();
    const arn = execution();
    const card = await ask(arn);
    slack.setGroup('S0LEADS', null);
    await anotherBot();
    const shown = visibleText(await review(LEAD, card, 'nobody is let through'));
    expect(shown).toMatch(/The user group `S0LEADS` of the rule `production` doesn’t exist, or can’t be read/);
    expect(shown).not.toContain('Try again');
    expect(await events(arn)).toEqual(['requested']);
    const other = execution();
    const asked = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${other} 50MiB/s`));
    expect(asked.text).toMatch(/`S0LEADS`.*whoever keeps the policy/);
    const ready = await fetch(`http://127.0.0.1:${bots[0]?.opsPort}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.text()).toContain("groups that don't exist or can't be read: S0LEADS");
  });

  it('groups that the app may not read: nobody is let through, and the scope is named', async () => {
    const { slack, told, execution, events } = at();
    const arn = execution();
    slack.setScopes(slack.seed.app.scopes.filter((scope) => scope !== 'usergroups:read'));
    await anotherBot();
    const { text } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
    slack.setScopes(slack.seed.app.scopes);
    expect(text).toMatch(/`S0OPS` and `S0LEADS`.*grant `usergroups:read`/);
    expect(await events(arn)).toEqual([]);
  });

  it('a Slack that can not say just now: nobody is let through, and to wait may help', async () => {
    const { slack, execution, ask, review, events } = at();
    const arn = execution();
    const card = await ask(arn);
    slack.outage({ kind: 'error', methods: ['usergroups.users.list'] });
    await anotherBot();
    await review(LEAD, card, 'Slack can’t say just now who is in the groups');
    slack.recover();
    expect(await events(arn)).toEqual(['requested']);
  });
});

describe('the policy, when it is decided', () => {
  it.each([
    ['no rule matches any more', POLICY.replace('111122223333"', '111122224444"').replace(/ {4}role:.*\n/, '')],
    ['the rate is outside now', POLICY.replace('min: 1MiB/s', 'min: 60MiB/s')],
    [
      'the requester is none any more',
      POLICY.replace('requesters: { groups: [S0OPS] }', 'requesters: { users: [U0OPER2] }'),
    ],
  ])('%s: the request ends, and nothing is sent', async (_, policy) => {
    const { slack, policyFile, bots, execution, ask, review, card, sent, events, records } = at();
    const arn = execution();
    const asked = await ask(arn);
    const modal = await review(LEAD, asked);
    await writeFile(policyFile, policy);
    await bots[0]?.reloadPolicy();
    await slack.as(LEAD).submit(modal, { decision: 'approve' });
    await card(arn, 'Out of date');
    expect(await events(arn)).toEqual(['requested', 'apply.stale']);
    const stale = (await records()).at(-1);
    expect(stale?.detail).toMatchObject({ why: 'policy' });
    expect(stale?.policy).not.toBe((await records()).find(({ execution }) => execution === arn)?.policy);
    expect(sent(arn)).toEqual([]);
  });

  it('asks for more approvals now: one is not enough', async () => {
    const { policyFile, bots, execution, ask, approve, card, sent } = at();
    const arn = execution();
    const asked = await ask(arn);
    await writeFile(policyFile, POLICY.replace('lower: 1', 'lower: 2'));
    await bots[0]?.reloadPolicy();
    await approve(LEAD, asked);
    await card(arn, '1 of 2: lena');
    expect(sent(arn)).toEqual([]);
  });

  it('asks for fewer approvals now: whoever approved already completes it', async () => {
    const { slack, policyFile, bots, execution, ask, approve, review, card, result, sent, events } = at();
    const arn = execution();
    const asked = await ask(arn, 'unlimited');
    await approve(LEAD, asked);
    await card(arn, '1 of 2: lena');
    await review(LEAD, asked, 'It waits for somebody else');
    for (const view of slack.as(LEAD).views()) await slack.as(LEAD).close(view);
    await writeFile(policyFile, POLICY.replace('unlimited: 2', 'unlimited: 1'));
    await bots[0]?.reloadPolicy();
    const modal = await review(LEAD, asked);
    expect(visibleText(modal)).toContain('as many as the policy asks for now');
    await slack.as(LEAD).submit(modal, { decision: 'approve' });
    await result(asked);
    expect(sent(arn)).toEqual([-1]);
    expect(await events(arn)).toEqual([
      ...['requested', 'approved', 'decision.refused', 'approved', 'apply.started', 'applied'],
    ]);
  });

  it('a bad new file is refused and the old one stays', async () => {
    const { policyFile, bots, execution, ask, approve, result } = at();
    await writeFile(policyFile, POLICY.replace('approvers:', 'aprovers:'));
    await bots[0]?.reloadPolicy();
    const card = await ask(execution());
    await approve(LEAD, card);
    expect(visibleText(await result(card))).toContain('In force');
  });
});
