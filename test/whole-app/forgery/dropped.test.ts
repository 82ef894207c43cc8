import { beforeAll, describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import type { JsonObject } from '../../../sandbox/slack/json.ts';
import type { SlackView } from '../../../sandbox/slack/views.ts';
import type { SlackMessage } from '../../../sandbox/slack/workspace.ts';
import { ACTIONS, SUBMITS } from '../../../src/slack/listeners/routes.ts';
import { createSeals } from '../../../src/slack/seals/seals.ts';
import { COMMAND, givenWorld, LEAD, OPERATOR } from '../world.ts';

/** Of before a rotation. */
const OLD = 'fedcba9876543210fedcba9876543210';
const at = givenWorld({ env: { SLACK_SIGNING_SECRET_OLD: OLD } });
const NOTHING = /Nothing was done: /;
let card: SlackMessage;
let modal: SlackView;

beforeAll(async () => {
  const { slack, execution, ask } = at();
  card = await ask(execution());
  const olga = slack.as(OPERATOR);
  await olga.command('C0OPS', COMMAND, '');
  modal = await slack.until(() => olga.views().at(-1));
});

const foreign = { team: { id: 'T0OTHER', domain: 'other' }, enterprise: { id: 'E0OTHER', name: 'Other' } };
const sister = { team: { id: 'T0SISTER', domain: 'sister' } };
const inView = (payload: JsonObject, change: JsonObject) => ({
  ...payload,
  view: { ...(payload.view as JsonObject), ...change },
});

describe('nothing vanishes without a word', () => {
  describe.each(Object.keys(ACTIONS))('the button %s', (action) => {
    const clicked = (change: JsonObject) => (payload: JsonObject) => ({
      ...payload,
      actions: [{ type: 'button', action_id: action, block_id: 'b', value: 'torn.seal', action_ts: '1.1' }],
      ...change,
    });

    it.each([
      ['with a seal that does not open', {}],
      ['from another workspace', foreign],
      ['of another app', { api_app_id: 'A0OTHER' }],
      ['that can’t be read', { trigger_id: 7 }],
    ])('%s', async (_what, change) => {
      const { slack, told } = at();
      const { text } = await told(OPERATOR, () => slack.as(OPERATOR).click(card, 'cancel', { forge: clicked(change) }));
      expect(text).toMatch(NOTHING);
    });
  });

  describe.each(Object.keys(SUBMITS))('the form %s', (callback) => {
    it.each<[string, JsonObject, JsonObject]>([
      ['with a seal that does not open', { private_metadata: 'torn.seal' }, {}],
      ['from another workspace', { app_installed_team_id: 'T0OTHER' }, foreign],
      ['of another app', { app_id: 'A0OTHER' }, {}],
      ['that can’t be read', { hash: 7 }, {}],
    ])('%s', async (_what, view, change) => {
      const { slack } = at();
      const olga = slack.as(OPERATOR);
      await olga.command('C0OPS', COMMAND, '');
      const open = await slack.until(() => olga.views().find(({ id }) => id !== modal.id));
      const forge = (payload: JsonObject) => ({ ...inView(payload, { callback_id: callback, ...view }), ...change });
      expect(await olga.submit(open, {}, { forge, force: true })).toMatchObject({ responseAction: 'update' });
      expect(visibleText(slack.view(open.id) ?? {})).toMatch(NOTHING);
      await olga.close(open);
    });
  });

  it('a list of a form whose seal does not open is empty, and the form says why when something is chosen', async () => {
    const { slack } = at();
    const olga = slack.as(OPERATOR);
    await olga.command('C0OPS', COMMAND, at().arn);
    const open = await slack.until(() => olga.views().find(({ id }) => id !== modal.id));
    const torn = (payload: JsonObject) => inView(payload, { private_metadata: 'torn.seal' });
    await olga.suggest(open, 'execution', '');
    await olga.click(open, 'execution', { value: at().arn, forge: torn });
    await slack.until(() => NOTHING.test(visibleText(slack.view(open.id) ?? {})));
    await olga.close(open);
  });
});

describe('after a rotation of the signing secret', () => {
  const withValue = (value: string) => (payload: JsonObject) => ({
    ...payload,
    actions: [{ type: 'button', action_id: 'cancel', block_id: 'b', value, action_ts: '1.1' }],
  });

  it('a button of before still works, and one of another secret is answered', async () => {
    const { slack, execution, ask, told, records, events } = at();
    const arn = execution();
    const message = await ask(arn);
    const request = (await records()).find((record) => record.execution === arn)?.request ?? '';
    const sealedBy = (secret: string) => createSeals(secret).seal({ k: 'request', r: request });
    const olga = slack.as(OPERATOR);
    const lost = () => olga.click(message, 'cancel', { forge: withValue(sealedBy('0000000000000000')) });
    expect((await told(OPERATOR, lost)).text).toMatch(/too old.*newest message/);
    expect(await events(arn)).toEqual(['requested']);
    await olga.click(message, 'cancel', { forge: withValue(sealedBy(OLD)) });
    await expect.poll(() => events(arn), { timeout: 10_000 }).toEqual(['requested', 'cancelled']);
  });

  it('a request that is signed with the old secret is refused', async () => {
    const { slack } = at();
    const { body } = slack.as(OPERATOR).commandRequest('C0OPS', COMMAND, 'help');
    const fields = Object.fromEntries(new URLSearchParams(body));
    expect((await slack.sendRaw(slack.signed(fields, { secret: OLD }))).status).toBe(401);
    expect((await slack.sendRaw(slack.signed(fields))).status).toBe(200);
  });
});

describe('somebody of a sister workspace in the same organisation', () => {
  it('who sends a form of our install is judged as who they are, told so, and that is on record', async () => {
    const { slack, execution, ask, review, records } = at();
    const arn = execution();
    const message = await ask(arn);
    const open = await review(LEAD, message);
    slack.setUser(LEAD, { teamId: 'T0SISTER' });
    const forge = (payload: JsonObject) => ({ ...inView(payload, { team_id: 'T0SISTER' }), ...sister });
    // Who somebody is may be known from up to 10 s before; a denial without a comment changes nothing meanwhile.
    const judged = async () => {
      await slack.as(LEAD).submit(open, { decision: 'deny', comment: '' }, { forge });
      return visibleText(slack.view(open.id) ?? {});
    };
    await expect.poll(judged, { timeout: 20_000, interval: 1500 }).toMatch(/full members of this workspace/);
    await expect.poll(records).toContainEqual(
      expect.objectContaining({
        event: 'refused',
        actor: expect.objectContaining({ team: 'T0SISTER', user: LEAD }),
        detail: expect.objectContaining({ why: 'not-a-member', denial: 'other-team' }),
      }),
    );
  });
});
