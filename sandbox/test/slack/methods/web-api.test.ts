import { describe, expect, it } from 'vitest';
import { usersIn } from '../../../slack/seed.ts';
import { as, client, givenSlack, refusal, section, slack, startAnew } from '../given-slack.ts';

givenSlack();

describe('who', () => {
  it('knows the bot and its scopes', async () => {
    const self = await client.auth.test();
    expect(self).toMatchObject({ team_id: 'T0DEMO', user_id: 'U0BOT', bot_id: 'B0DST', team: 'Demo' });
    expect(self.response_metadata?.scopes).toContain('usergroups:read');
    expect((await client.bots.info({ bot: 'B0DST' })).bot).toMatchObject({ app_id: 'A0DST', user_id: 'U0BOT' });
  });

  it('refuses other tokens, and what the scopes leave out', async () => {
    expect(await refusal(as('xoxb-other').auth.test())).toMatchObject({ error: 'invalid_auth' });
    expect(await refusal(as(slack.seed.app.appToken).auth.test())).toMatchObject({ error: 'not_allowed_token_type' });
    slack.setScopes(['chat:write']);
    expect(await refusal(client.usergroups.users.list({ usergroup: 'S0OPS' }))).toMatchObject({
      error: 'missing_scope',
      needed: 'usergroups:read',
      provided: 'chat:write',
    });
  });

  it('tells members, guests, strangers and people who left apart', async () => {
    const info = async (user: string) => (await client.users.info({ user })).user;
    expect(await info('U0OPER')).toMatchObject({ deleted: false, is_restricted: false, tz: 'Europe/Berlin' });
    expect(await info('U0GUEST')).toMatchObject({ is_restricted: true, is_ultra_restricted: true });
    expect(await info('U0STRANGE')).toMatchObject({ is_stranger: true, team_id: 'T0OTHER' });
    expect(await info('U0GONE')).toMatchObject({ deleted: true });
    expect(await info('U0BOT')).toMatchObject({ is_bot: true });
    expect(await refusal(client.users.info({ user: 'U0NOBODY' }))).toMatchObject({ error: 'user_not_found' });
  });

  it('has everybody who has not left in the one time zone that is asked for', async () => {
    await slack.stop();
    await startAnew({ users: usersIn('Asia/Tokyo') });
    for (const { id } of slack.seed.users.filter((user) => !user.deleted))
      expect((await client.users.info({ user: id })).user).toMatchObject({ id, tz: 'Asia/Tokyo' });
  });

  it('has groups that change', async () => {
    expect((await client.usergroups.users.list({ usergroup: 'S0LEADS' })).users).toEqual(['U0LEAD', 'U0LEAD2']);
    slack.setGroup('S0LEADS', ['U0LEAD']);
    expect((await client.usergroups.users.list({ usergroup: 'S0LEADS' })).users).toEqual(['U0LEAD']);
    const { usergroups } = await client.usergroups.list({ include_users: true });
    expect(usergroups?.map((group) => group.handle)).toEqual(['leads', 'operators']);
    slack.setGroup('S0LEADS', null);
    expect(await refusal(client.usergroups.users.list({ usergroup: 'S0LEADS' }))).toMatchObject({
      error: 'no_such_subteam',
    });
  });
});

describe('where', () => {
  it('shows the bot its channels alone', async () => {
    expect((await client.conversations.info({ channel: 'C0OPS' })).channel).toMatchObject({ is_member: true });
    expect((await client.conversations.info({ channel: 'C0OTHER' })).channel).toMatchObject({ is_member: false });
    expect((await client.conversations.info({ channel: 'C0OLD' })).channel).toMatchObject({ is_archived: true });
    expect((await client.conversations.members({ channel: 'C0OPS' })).members).toContain('U0LEAD');
  });

  it.each([
    ['C0OTHER', 'not_in_channel'],
    ['G0SECRET', 'channel_not_found'],
    ['C0NOWHERE', 'channel_not_found'],
    ['C0OLD', 'is_archived'],
  ])('refuses to post into %s: %s', async (channel, error) => {
    expect(await refusal(client.chat.postMessage({ channel, text: 'x' }))).toMatchObject({ error });
  });

  it('lets the bot in when it is invited', async () => {
    slack.invite('G0SECRET');
    slack.setScopes([...slack.seed.app.scopes, 'groups:read']);
    expect((await client.chat.postMessage({ channel: 'G0SECRET', text: 'x' })).ok).toBe(true);
    slack.archive('C0OPS');
    expect(await refusal(client.chat.postMessage({ channel: 'C0OPS', text: 'x' }))).toMatchObject({
      error: 'is_archived',
    });
  });

  it('opens direct messages', async () => {
    const { channel } = await client.conversations.open({ users: 'U0OPER' });
    await client.chat.postMessage({ channel: channel?.id ?? '', text: 'one' });
    await client.chat.postMessage({ channel: 'U0OPER', text: 'two' });
    expect(
      slack
        .as('U0OPER')
        .dms()
        .map((one) => one.text),
    ).toEqual(['one', 'two']);
    expect(slack.as('U0LEAD').dms()).toEqual([]);
    expect(await refusal(client.conversations.open({ users: 'U0GONE' }))).toMatchObject({ error: 'user_disabled' });
  });
});

describe('messages', () => {
  it('are posted, edited, threaded, broadcast and deleted', async () => {
    slack.setScopes([...slack.seed.app.scopes, 'channels:history']);
    const { ts = '', message } = await client.chat.postMessage({
      channel: 'C0OPS',
      text: 'card',
      blocks: [section('card')],
      metadata: { event_type: 'card', event_payload: { id: 'R1' } },
    });
    expect(message).toMatchObject({ bot_id: 'B0DST', app_id: 'A0DST', user: 'U0BOT' });
    const old = slack.message('C0OPS', ts);
    expect(old?.blocks?.[0]).toHaveProperty('block_id');
    await client.chat.update({ channel: 'C0OPS', ts, text: 'edited' });
    expect(slack.message('C0OPS', ts)).toMatchObject({ text: 'edited', edited: { user: 'U0BOT' } });
    expect(old?.text).toBe('card');
    await client.chat.postMessage({ channel: 'C0OPS', text: 'quiet', thread_ts: ts });
    const loud = { channel: 'C0OPS', text: 'loud', thread_ts: ts, reply_broadcast: true as const };
    await client.chat.postMessage(loud);
    expect(slack.messages('C0OPS').map((one) => one.text)).toEqual(['edited', 'loud']);
    expect(slack.thread('C0OPS', ts).map((one) => one.text)).toEqual(['edited', 'quiet', 'loud']);
    const { messages } = await client.conversations.history({ channel: 'C0OPS' });
    expect(messages?.map((one) => one.text)).toEqual(['loud', 'edited']);
    expect((await client.conversations.replies({ channel: 'C0OPS', ts })).messages).toHaveLength(3);
    expect((await client.chat.getPermalink({ channel: 'C0OPS', message_ts: ts })).permalink).toBe(
      `https://demo.slack.com/archives/C0OPS/p${ts.replace('.', '')}`,
    );
    await client.chat.delete({ channel: 'C0OPS', ts });
    expect(slack.message('C0OPS', ts)).toBeUndefined();
    expect(await refusal(client.chat.update({ channel: 'C0OPS', ts, text: 'x' }))).toMatchObject({
      error: 'message_not_found',
    });
  });

  it('carry metadata, which is read by who asks for it, and stays through an edit without any', async () => {
    const metadata = { event_type: 'card', event_payload: { id: 'R1' } };
    const { ts = '' } = await client.chat.postMessage({ channel: 'C0OPS', text: 'card', metadata });
    await client.chat.update({ channel: 'C0OPS', ts, text: 'edited' });
    const read = async (all: boolean) =>
      (await client.conversations.history({ channel: 'C0OPS', include_all_metadata: all })).messages?.[0];
    expect(await read(true)).toMatchObject({ text: 'edited', bot_id: 'B0DST', metadata });
    expect(await read(false)).not.toHaveProperty('metadata');
    const other = { event_type: 'copy', event_payload: { id: 'R2' } };
    await client.chat.update({ channel: 'C0OPS', ts, text: 'again', metadata: other });
    expect(await read(true)).toMatchObject({ metadata: other });
    const thread = await client.conversations.replies({ channel: 'C0OPS', ts, include_all_metadata: true });
    expect(thread.messages?.[0]).toMatchObject({ metadata: other });
    expect(await refusal(client.conversations.history({ channel: 'C0OPS', limit: 1000 }))).toMatchObject({
      error: 'invalid_limit',
    });
    // Slack posts it and leaves the metadata out.
    const named = { event_type: 'a.b', event_payload: {} };
    await client.chat.postMessage({ channel: 'C0OPS', text: 'x', metadata: named });
    expect(await read(true)).not.toHaveProperty('metadata');
    expect(slack.breaches).toHaveLength(1);
  });

  it('are shown to one person alone', async () => {
    await client.chat.postEphemeral({ channel: 'C0OPS', user: 'U0OPER', text: 'only you' });
    expect(slack.as('U0OPER').ephemerals()).toMatchObject([{ text: 'only you', channel: 'C0OPS' }]);
    expect(slack.as('U0LEAD').ephemerals()).toEqual([]);
    expect(slack.messages('C0OPS')).toEqual([]);
    slack.remove('C0OPS', 'U0AUDIT');
    const outside = client.chat.postEphemeral({ channel: 'C0OPS', user: 'U0AUDIT', text: 'x' });
    expect(await refusal(outside)).toMatchObject({ error: 'user_not_in_channel' });
  });

  it('are refused and kept as breaches where they break a limit', async () => {
    const blocks = [section('x'.repeat(3001))];
    expect(await refusal(client.chat.postMessage({ channel: 'C0OPS', text: 'x', blocks }))).toMatchObject({
      error: 'invalid_blocks',
      errors: ['must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
      response_metadata: {
        messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
      },
    });
    expect(await refusal(client.chat.postMessage({ channel: 'C0OPS', text: 'x'.repeat(40_001) }))).toMatchObject({
      error: 'msg_too_long',
    });
    expect(slack.breaches.map((one) => one.method)).toEqual(['chat.postMessage', 'chat.postMessage']);
    expect(slack.messages()).toEqual([]);
  });
});

describe('files', () => {
  it('are uploaded and shared in a direct message', async () => {
    const { channel } = await client.conversations.open({ users: 'U0AUDIT' });
    await client.filesUploadV2({
      channel_id: channel?.id ?? '',
      filename: 'audit.jsonl',
      title: 'Audit',
      content: '{"a":1}\n',
      initial_comment: 'here',
    });
    expect(slack.files).toMatchObject([{ name: 'audit.jsonl', title: 'Audit', content: '{"a":1}\n' }]);
    expect(slack.as('U0AUDIT').dms()).toMatchObject([{ text: 'here', subtype: 'file_share' }]);
  });
});
