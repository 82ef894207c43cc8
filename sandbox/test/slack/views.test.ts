import { beforeEach, describe, expect, it } from 'vitest';
import { client, givenSlack, modal, passTime, refusal, section, slack } from './given-slack.ts';

givenSlack();

describe('views', () => {
  const trigger = async (): Promise<string> =>
    (await slack.as('U0OPER').command('C0OPS', '/datasync-throttle')).triggerId;
  beforeEach(() => slack.connectBot({ requestUrl: 'http://127.0.0.1:9/none' }));

  it('open once with a trigger, within 3 s', async () => {
    const trigger_id = await trigger();
    const { view } = await client.views.open({ trigger_id, view: modal() });
    expect(view).toMatchObject({ root_view_id: view?.id, team_id: 'T0DEMO', app_id: 'A0DST', previous_view_id: null });
    expect(slack.as('U0OPER').views()).toHaveLength(1);
    expect(await refusal(client.views.open({ trigger_id, view: modal() }))).toMatchObject({
      error: 'exchanged_trigger_id',
    });
    expect(await refusal(client.views.open({ trigger_id: 'x', view: modal() }))).toMatchObject({
      error: 'invalid_trigger_id',
    });
    const late = await trigger();
    passTime(3001);
    expect(await refusal(client.views.open({ trigger_id: late, view: modal() }))).toMatchObject({
      error: 'expired_trigger_id',
    });
  });

  it('are updated by id, with the hash as a guard, until they are closed', async () => {
    const opened = (await client.views.open({ trigger_id: await trigger(), view: modal() })).view;
    const view_id = opened?.id ?? '';
    const hash = opened?.hash ?? '';
    await client.views.update({ view_id, hash, view: modal('Two') });
    expect(await refusal(client.views.update({ view_id, hash, view: modal('Three') }))).toMatchObject({
      error: 'hash_conflict',
    });
    const [shown] = slack.as('U0OPER').views();
    expect(shown?.title).toMatchObject({ text: 'Two' });
    if (shown !== undefined) await slack.as('U0OPER').close(shown);
    expect(await refusal(client.views.update({ view_id, view: modal() }))).toMatchObject({ error: 'not_found' });
  });

  it('are refused where they break a limit', async () => {
    const trigger_id = await trigger();
    expect(await refusal(client.views.open({ trigger_id, view: modal('x'.repeat(25)) }))).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'] },
    });
    expect(slack.breaches).toHaveLength(1);
    expect((await client.views.open({ trigger_id, view: modal() })).ok).toBe(true);
  });

  it('are published as a home tab', async () => {
    await client.views.publish({ user_id: 'U0OPER', view: { type: 'home', blocks: [section('home')] } });
    expect(slack.as('U0OPER').home()?.type).toBe('home');
    expect(slack.as('U0OPER').views()).toEqual([]);
  });
});
