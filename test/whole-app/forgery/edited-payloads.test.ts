import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import type { JsonObject } from '../../../sandbox/slack/json.ts';
import { tracesIn } from '../traces.ts';
import { COMMAND, givenWorld, LEAD, LEAD2, OPERATOR } from '../world.ts';

const at = givenWorld();

const traces = () => tracesIn(at());
const NOTHING = /^(?:[^\n]*\n)?Nothing was done: /;

const viewOf = (payload: JsonObject, change: JsonObject) => ({
  ...payload,
  view: { ...(payload.view as JsonObject), ...change },
});

function withAction(payload: JsonObject, change: (value: string) => string): JsonObject {
  const [action] = payload.actions as JsonObject[];
  return { ...payload, actions: [{ ...action, value: change(String(action?.value)) }] };
}

/** As the bot writes it, before it is sealed. */
function encoded(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('what was edited on its way', () => {
  it.each<[what: string, action: string, forge: (payload: JsonObject) => JsonObject]>([
    ['a button’s value', 'review', (payload) => withAction(payload, (value) => `${value}x`)],
    ['a button’s value that names a request plainly', 'cancel', (payload) => withAction(payload, () => 'r-0123456789')],
    ['an empty value', 'cancel', (payload) => withAction(payload, () => '')],
    ['a button of another app', 'cancel', (payload) => ({ ...payload, api_app_id: 'A0OTHER' })],
    [
      'a button of another workspace',
      'cancel',
      (payload) => ({ ...payload, team: { id: 'T0OTHER', domain: 'other' } }),
    ],
    [
      'an action that there is not',
      'cancel',
      (payload) => ({ ...payload, actions: [{ type: 'button', action_id: 'constructor', value: 'x' }] }),
    ],
    ['a payload without its parts', 'cancel', ({ trigger_id: _, ...payload }) => payload],
  ])('%s: nothing happens, and the person hears so', async (_, action, forge) => {
    const { slack, execution, ask, told } = at();
    const card = await ask(execution());
    const before = await traces();
    const { text } = await told(OPERATOR, () => slack.as(OPERATOR).click(card, action, { forge }));
    expect(text).toMatch(NOTHING);
    expect(await traces()).toEqual(before);
  });

  it.each<[what: string, forge: (payload: JsonObject, others: string) => JsonObject]>([
    ['private_metadata', (payload) => viewOf(payload, { private_metadata: 'r-0123456789' })],
    ['private_metadata of a button', (payload) => viewOf(payload, { private_metadata: 'x.y' })],
    ['private_metadata of another person’s modal', (payload, others) => viewOf(payload, { private_metadata: others })],
    ['a view of another app', (payload) => viewOf(payload, { app_id: 'A0OTHER' })],
    ['a view of another workspace', (payload) => viewOf(payload, { app_installed_team_id: 'T0OTHER' })],
    ['another app', (payload) => ({ ...payload, api_app_id: 'A0OTHER' })],
    [
      'another workspace',
      (payload) => ({ ...viewOf(payload, { app_installed_team_id: null }), team: { id: 'T0OTHER', domain: 'other' } }),
    ],
    ['a payload without its parts', ({ user: _, ...payload }) => ({ ...payload, user: {} })],
    ['a modal that there is not', (payload) => viewOf(payload, { callback_id: 'toString' })],
  ])('%s: nothing happens, and the form says so', async (_, forge) => {
    const { slack, execution, ask, review, events } = at();
    const arn = execution();
    const card = await ask(arn);
    const others = (await review(LEAD2, card)).private_metadata;
    const modal = await review(LEAD, card);
    const before = await traces();
    const submitted = await slack
      .as(LEAD)
      .submit(modal, { decision: 'approve' }, { forge: (payload) => forge(payload, others) });
    expect(submitted).toMatchObject({ status: 200, responseAction: 'update' });
    expect(visibleText(slack.view(modal.id) ?? {})).toMatch(NOTHING);
    expect(await traces()).toEqual(before);
    expect(await events(arn)).toEqual(['requested']);
  });

  it.each<[what: string, forge: (sealed: string, value: JsonObject) => string]>([
    ['another request under the same MAC', (sealed, value) => `${encoded(value)}.${sealed.split('.')[1]}`],
    ['another request without a MAC', (_, value) => encoded(value)],
    ['another request with an empty MAC', (_, value) => `${encoded(value)}.`],
  ])('well-formed ids of %s: nothing happens, and both hear so', async (_, forge) => {
    const { slack, execution, ask, review, events, records, told } = at();
    const [arn, other] = [execution(), execution()];
    const card = await ask(arn);
    await ask(other);
    const r = (await records()).findLast((record) => record.execution === other)?.request ?? '';
    const modal = await review(LEAD, card);
    const before = await traces();
    const inModal = (payload: JsonObject) => {
      const sealed = String((payload.view as JsonObject).private_metadata);
      return viewOf(payload, { private_metadata: forge(sealed, { k: 'modal', u: LEAD, c: 'C0OPS', r }) });
    };
    const inButton = (payload: JsonObject) => withAction(payload, (sealed) => forge(sealed, { k: 'request', r }));
    // The requester's own click and a lead's own decision, each on what they were not shown.
    const { text } = await told(OPERATOR, () => slack.as(OPERATOR).click(card, 'cancel', { forge: inButton }));
    expect(text).toMatch(NOTHING);
    expect(await slack.as(LEAD).submit(modal, { decision: 'approve' }, { forge: inModal })).toMatchObject({
      status: 200,
      responseAction: 'update',
    });
    expect(visibleText(slack.view(modal.id) ?? {})).toMatch(NOTHING);
    expect(await traces()).toEqual(before);
    expect([await events(arn), await events(other)]).toEqual([['requested'], ['requested']]);
  });

  it('a command of another app or workspace, or one that can’t be read: nothing happens, and the person hears so', async () => {
    const { slack, execution, told } = at();
    const before = await traces();
    for (const change of [{ api_app_id: 'A0OTHER' }, { team_id: 'T0OTHER' }, { trigger_id: undefined }]) {
      const forge = (payload: JsonObject) =>
        Object.fromEntries(Object.entries({ ...payload, ...change }).filter(([, value]) => value !== undefined));
      const command = () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${execution()} 50MiB/s`, { forge });
      expect((await told(OPERATOR, command)).text).toMatch(NOTHING);
    }
    expect(await traces()).toEqual(before);
  });
});
