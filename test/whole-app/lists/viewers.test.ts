import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { COMMAND, givenWorld, LEAD, LEAD2, OPERATOR, POLICY, shows } from '../world.ts';

const VIEWER = 'U0OPER2';
const AUDITOR = 'U0AUDIT';
// The same rule as elsewhere, in the private channel too; who may look around is one operator.
const at = givenWorld({
  policy: POLICY.replace('version: 1\n', `version: 1\nviewers: { users: [${VIEWER}, ${LEAD2}, ${AUDITOR}, U0GUEST] }\n`)
    .replace('readers: { users: [U0AUDIT, U0LEAD] }', `readers: { users: [${AUDITOR}] }`)
    .replace('channels: [C0OPS]', 'channels: [C0OPS, G0SECRET]'),
});

const say = async (user: string, words: string) =>
  (await at().told(user, () => at().slack.as(user).command('C0OPS', COMMAND, words))).text;

async function homeOf(user: string, says: string): Promise<string> {
  const { slack } = at();
  const person = slack.as(user);
  await person.openHome();
  return visibleText(
    await slack.until(() => {
      const home = person.home();
      return home && shows(home, says) ? home : null;
    }),
  );
}

describe('`viewers` of the policy', () => {
  it.each(['list', 'requests', 'status'])('%s is refused to others, on record, with who could', async (word) => {
    const { execution, records } = at();
    const arn = execution();
    const before = (await records()).length;
    const text = await say(OPERATOR, word === 'status' ? `status ${arn}` : word);
    expect(text).toMatch(/can’t view transfers and requests.*<@U0OPER2>/s);
    // A guest is in the list, and could not.
    expect(text).not.toContain('U0GUEST');
    expect(text).not.toContain('nightly');
    const [refused, ...more] = (await records()).slice(before);
    expect(more).toEqual([]);
    expect(refused).toMatchObject({
      event: 'refused',
      request: null,
      channel: 'C0OPS',
      actor: { user: OPERATOR },
      execution: word === 'status' ? arn : null,
      detail: { why: 'not-a-viewer', of: `command ${word}` },
    });
  });

  it('has the Home tab empty for others', async () => {
    expect(await homeOf(OPERATOR, 'can’t view')).not.toContain('Running');
    const refused = async () => (await at().records()).map(({ detail }) => detail);
    await expect.poll(refused, { timeout: 10_000 }).toContainEqual({ why: 'not-a-viewer', of: 'home' });
  });

  it('see all of it', async () => {
    const arn = at().execution();
    expect(await say(VIEWER, 'list')).toContain('running or queued');
    expect(await say(VIEWER, `status ${arn}`)).toContain('TRANSFERRING');
    expect(await say(VIEWER, 'requests')).toMatch(/open/);
    expect(await homeOf(VIEWER, 'Running and queued')).toContain('nightly-archive');
  });

  it('take nothing from who may request: `why`, and the request itself', async () => {
    const { execution, ask } = at();
    const arn = execution();
    expect(await say(OPERATOR, `why ${arn} 50MiB/s`)).toContain('1 approval');
    expect(shows(await ask(arn), 'Waiting for 1 approval')).toBe(true);
  });

  it('are named no channel of a rule by which they may not request, unless they view all', async () => {
    const { slack, told, execution } = at();
    const arn = execution();
    const asked = async (user: string) =>
      (await told(user, () => slack.as(user).command('C0OTHER', COMMAND, `${arn} 50MiB/s`))).text;
    expect(await asked(OPERATOR)).toContain('<#C0OPS>');
    expect(await asked(LEAD2)).toContain('<#C0OPS>');
    const hidden = await asked(LEAD);
    expect(hidden).toContain('No rule');
    expect(hidden).not.toMatch(/C0OPS|production/);
  });

  it('learn by `undo` of no request that they may know nothing of', async () => {
    const { execution, ask } = at();
    const card = await ask(execution());
    const id = /r-[0-9a-z]{10}/.exec(visibleText(card))?.[0] ?? '';
    expect(await say(OPERATOR, `undo ${id}`)).toContain('set no limit');
    // Who may decide it knows of it, and is told so; whoever has no part in it hears that there is none.
    expect(await say(LEAD, `undo ${id}`)).toContain('set no limit');
    at().slack.setUser('U0GONE', { deleted: false });
    expect(await say('U0GONE', `undo ${id}`)).toContain('There is no request');
  });
});

describe('a request in a private channel', () => {
  const REASON = 'merger of the two firms';
  const PRIVATE = ['merger', 'olga', 'U0OPER>', 'G0SECRET', 'archives/'];

  async function secret() {
    const { slack, execution, card } = at();
    slack.invite('G0SECRET');
    const arn = execution();
    await slack.as(OPERATOR).command('G0SECRET', COMMAND, `${arn} 50MiB/s ${REASON}`);
    const message = await card(arn);
    expect(message.channel).toBe('G0SECRET');
    return { arn, id: /r-[0-9a-z]{10}/.exec(visibleText(message))?.[0] ?? '', message };
  }
  /** The part of a list that is about one request. */
  const about = (text: string, id: string) => {
    const end = text.indexOf(id);
    expect(end).toBeGreaterThan(-1);
    return text.slice(Math.max(0, end - 300), end + 100);
  };

  it('shows a viewer what happens to the execution, and not who, why or where', async () => {
    const { approve, result } = at();
    const { arn, id, message } = await secret();
    const entry = about(await say(VIEWER, 'requests'), id);
    expect(entry).toContain('50 MiB/s');
    const ofEntry = entry.slice(entry.lastIndexOf('Waiting for'));
    expect(ofEntry).toContain('someone in a private channel');
    for (const part of PRIVATE) expect(ofEntry).not.toContain(part);
    for (const words of [`status ${arn}`, 'list']) {
      const text = await say(VIEWER, words);
      for (const part of ['merger', 'G0SECRET', 'archives/']) expect(text).not.toContain(part);
    }
    await approve(LEAD, message);
    await result(message);
    expect(await say(VIEWER, `status ${arn}`)).not.toContain('merger');
  });

  it('shows all of it to who requested it, may decide it, or reads the audit', async () => {
    const { id } = await secret();
    expect(about(await say(LEAD2, 'requests'), id)).toContain(REASON);
    expect(about(await say(AUDITOR, 'requests'), id)).toContain(REASON);
    expect(await homeOf(LEAD2, id)).toContain(REASON);
  });

  it('is taken for private where Slack can not say whether the channel is', async () => {
    const { slack, execution, ask, startBot, bots } = at();
    const arn = execution();
    const card = await ask(arn, '50MiB/s quarterly figures');
    const id = /r-[0-9a-z]{10}/.exec(visibleText(card))?.[0] ?? '';
    await startBot();
    await bots.shift()?.stop();
    slack.outage({ kind: 'error', methods: ['conversations.info'] });
    const hidden = about(await say(VIEWER, 'requests'), id);
    slack.recover();
    expect(hidden).not.toContain('quarterly');
    expect(about(await say(VIEWER, 'requests'), id)).toContain('quarterly figures');
  });
});
