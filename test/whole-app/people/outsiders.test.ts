import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { isObject, type JsonObject } from '../../../sandbox/slack/json.ts';
import type { SlackView } from '../../../sandbox/slack/views.ts';
import type { SlackMessage } from '../../../sandbox/slack/workspace.ts';
import type { Command } from '../../../src/slack/command-text/command.ts';
import { ACTIONS, COMMANDS, SUBMITS, SUGGESTIONS } from '../../../src/slack/listeners/routes.ts';
import { OUTSIDER } from '../../../src/slack/wording/access-words.ts';
import { ACCOUNT, COMMAND, givenWorld, OPERATOR, type TestWorld } from '../world.ts';

const at = givenWorld();
const GUEST = 'U0GUEST';
const OUTSIDERS = [GUEST, 'U0STRANGE'];

/** Something to type for every command that there is. */
const TYPED: Readonly<Record<Command['kind'], (arn: string) => string>> = {
  ask: (arn) => `${arn} 50MiB/s`,
  'open-modal': () => '',
  requests: () => 'requests',
  list: () => 'list',
  status: (arn) => `status ${arn}`,
  why: (arn) => `why ${arn} 50MiB/s`,
  undo: () => 'undo r-0123456789',
  audit: () => 'audit',
  'audit-verify': () => 'audit verify',
  'audit-export': () => 'audit export',
  help: () => 'help',
  'not-understood': () => 'no such thing',
};

/** What would tell them of what runs, who may what, and where. */
const SECRETS = [
  ACCOUNT,
  'us-east-1',
  'eu-west-1',
  'C0OPS',
  'production',
  'S0OPS',
  'S0LEADS',
  'nightly',
  'task-',
  'r-',
];

function expectNoLeak({ slack }: TestWorld, user: string): void {
  const person = slack.as(user);
  const home = person.home();
  const shown = [...person.ephemerals(), ...person.dms(), ...person.views(), ...(home ? [home] : [])].map(visibleText);
  for (const secret of SECRETS) expect(shown.filter((text) => text.includes(secret))).toEqual([]);
}

async function refusals(user: string): Promise<unknown[]> {
  const records = await at().records();
  const theirs = records.flatMap((one) => (one.event === 'refused' && one.actor?.user === user ? one.detail : []));
  return theirs.map((detail) => (detail.why === 'not-a-member' ? detail.of : detail));
}

const forged =
  (action_id: string) =>
  (payload: JsonObject): JsonObject => ({
    ...payload,
    actions: (payload.actions as JsonObject[]).map((action) => ({ ...action, action_id })),
  });

/** The request form of somebody who may, closed again. */
async function closedForm(): Promise<SlackView> {
  const { slack } = at();
  const olga = slack.as(OPERATOR);
  await olga.command('C0OPS', COMMAND, '');
  const view = await slack.until(() => olga.views().at(-1));
  await olga.close(view);
  return view;
}

describe('whoever is no full member of the workspace', () => {
  it.each(OUTSIDERS)('%s hears the same few words to every command, on record', async (user) => {
    const { slack, told, arn } = at();
    const before = (await refusals(user)).length;
    for (const typed of Object.values(TYPED)) {
      const { text } = await told(user, () => slack.as(user).command('C0OPS', COMMAND, typed(arn)));
      expect(text).toBe(OUTSIDER);
    }
    expect((await refusals(user)).slice(before)).toEqual(Object.keys(TYPED).map((kind) => `command ${kind}`));
    expect(Object.keys(TYPED).toSorted()).toEqual(Object.keys(COMMANDS).toSorted());
    expectNoLeak(at(), user);
  });

  it.each(OUTSIDERS)('%s hears them to every click', async (user) => {
    const { slack, told, execution, ask } = at();
    const card: SlackMessage = await ask(execution());
    const before = (await refusals(user)).length;
    const ids = Object.keys(ACTIONS);
    for (const id of ids) {
      const { text } = await told(user, () => slack.as(user).click(card, 'review', { forge: forged(id) }));
      expect(text).toBe(OUTSIDER);
    }
    expect((await refusals(user)).slice(before)).toEqual(ids.map((id) => `action ${id}`));
    expectNoLeak(at(), user);
  });

  it.each(OUTSIDERS)('%s sees them in every form that comes back', async (user) => {
    const { slack } = at();
    const view = await closedForm();
    const before = (await refusals(user)).length;
    for (const callback_id of Object.keys(SUBMITS)) {
      const as = (payload: JsonObject) => ({
        ...payload,
        view: { ...(isObject(payload.view) ? payload.view : {}), callback_id, hash: `hash of ${user} ${callback_id}` },
      });
      const { status, body } = await slack.sendRaw(slack.as(user).submitRequest(view, {}, { forge: as }));
      expect(status).toBe(200);
      const answer = JSON.parse(body);
      expect(answer.response_action).toBe('update');
      expect(visibleText(answer.view)).toContain(OUTSIDER);
      for (const secret of SECRETS) expect(body).not.toContain(secret);
    }
    expect((await refusals(user)).slice(before)).toEqual(Object.keys(SUBMITS).map((id) => `submit ${id}`));
  });

  it('sees them in the Home tab, and opening it again and again is one record an hour', async () => {
    const { slack } = at();
    const guest = slack.as(GUEST);
    const before = (await refusals(GUEST)).length;
    await guest.openHome();
    const home = await slack.until(() => guest.home());
    expect(visibleText(home)).toBe(OUTSIDER);
    await guest.openHome();
    const recorded = async () => (await refusals(GUEST)).slice(before).length;
    await expect.poll(recorded, { timeout: 10_000 }).toBeGreaterThan(0);
    // Two where the hour ends in between.
    expect(await recorded()).toBeLessThanOrEqual(2);
    expectNoLeak(at(), GUEST);
  });

  it('and became so with a form open, is offered nothing, shown nothing and lets nothing through', async () => {
    const { slack, told, execution, startBot, bots, events } = at();
    const olga = slack.as(OPERATOR);
    const arn = execution();
    await olga.command('C0OPS', COMMAND, '');
    const view = await slack.until(() => olga.views().at(-1));
    expect(Object.keys(SUGGESTIONS)).toHaveLength(1);
    const [field = ''] = Object.keys(SUGGESTIONS);
    await expect.poll(() => olga.suggest(view, field, arn), { timeout: 10_000 }).not.toEqual([]);
    slack.setUser(OPERATOR, { guest: 'restricted' });
    // A bot that knows nobody yet: what Slack says of people is kept for 10 s.
    await startBot();
    await bots.shift()?.stop();
    const chosen = { text: { type: 'plain_text', text: 'x' }, value: arn };
    const before = olga.dms().length;
    await olga.click(view, field, {
      value: arn,
      forge: (payload) => ({
        ...payload,
        actions: [{ ...(payload.actions as JsonObject[])[0], selected_option: chosen }],
      }),
    });
    expect(visibleText(await slack.until(() => olga.dms()[before]))).toBe(OUTSIDER);
    expect(await olga.suggest(view, field, arn)).toEqual([]);
    expect(await olga.suggest(view, field, 'x')).toEqual([]);
    await olga.submit(view, { rate: '50MiB/s' });
    const shown = await slack.until(() => olga.views().find((one) => visibleText(one).includes(OUTSIDER)));
    await olga.close(shown);
    slack.setUser(OPERATOR, { guest: undefined });
    expect(await events(arn)).toEqual([]);
    expect(await refusals(OPERATOR)).toEqual([`action ${field}`, 'suggestion', 'submit request']);
    await startBot();
    await bots.shift()?.stop();
    expect((await told(OPERATOR, () => olga.command('C0OPS', COMMAND, 'help'))).text).not.toBe(OUTSIDER);
  });
});
