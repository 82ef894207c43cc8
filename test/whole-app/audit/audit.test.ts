import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { verifyAudit } from '../../../src/commands/audit/verify-audit.ts';
import { run } from '../../audit/log/log-fixture.ts';
import { COMMAND, givenWorld, LEAD, OPERATOR, SLACK_WAITS_MS } from '../world.ts';

const at = givenWorld();
const AUDITOR = 'U0AUDIT';
const say = (user: string, words: string) =>
  at().told(user, () => at().slack.as(user).command('C0OPS', COMMAND, words));
const shown = (user: string) => {
  const message = at().slack.as(user).ephemerals().at(-1);
  if (!message) throw new Error('nothing was shown');
  return message;
};
const seqs = (text: string) => [...text.matchAll(/record (\d+) · hash/g)].map(([, seq]) => Number(seq));

/** Clicks in the newest private answer and waits until it, or the next one, says something else. */
async function clicked(user: string, which: string) {
  const { slack } = at();
  const before = visibleText(shown(user));
  await slack.as(user).click(shown(user), which);
  return slack.until(() => {
    const now = visibleText(shown(user));
    return now === before ? undefined : now;
  });
}

async function oneRequest() {
  const { execution, ask, approve, result, records } = at();
  const arn = execution();
  const card = await ask(arn);
  await approve(LEAD, card);
  await result(card);
  const id = (await records()).findLast((record) => record.execution === arn)?.request ?? '';
  return { arn, id, card };
}

describe('a look-up', () => {
  it('is turned forwards and backwards, without a gap and without a repeat', async () => {
    for (let number = 0; number < 3; number++) await say(OPERATOR, 'audit');
    for (let number = 0; number < 4; number++) await oneRequest();
    const all = (await at().records()).length;
    expect(all).toBeGreaterThan(15);
    const first = (await say(AUDITOR, 'audit')).text;
    const second = await clicked(AUDITOR, 'audit_older');
    const pages = [seqs(first), seqs(second)];
    expect(pages[0]).toHaveLength(10);
    expect(pages[1]?.[0]).toBe((pages[0]?.at(-1) ?? 0) - 1);
    // The page took the first one's place.
    expect(visibleText(shown(AUDITOR))).toBe(second);
    expect(seqs(await clicked(AUDITOR, 'audit_newer'))).toEqual(pages[0]);
  });

  it('tells the whole story of a request, oldest first, with a link to its message', async () => {
    const { id, card } = await oneRequest();
    const look = (await say(AUDITOR, `audit ${id}`)).text;
    expect(look).toMatch(new RegExp(`/archives/C0OPS/p${card.ts.replace('.', '')}\\|message`));
    const story = await clicked(AUDITOR, 'audit_story');
    const order = ['asked', 'approved', 'sent to AWS', 'in force, read back'];
    const places = order.map((words) => story.indexOf(`*${words}`));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(0);
    expect(story).toMatch(/after \d+|at once/);
    expect(story).toContain('100 MiB/s (839 Mbit/s) → 50 MiB/s (419 Mbit/s)');
  });

  it('finds what somebody from outside tried, who is on record under their own team', async () => {
    const { execution, slack, records } = at();
    const arn = execution();
    await say('U0STRANGE', `${arn} 50MiB/s`);
    const { seq, actor } = (await records()).at(-1) ?? {};
    expect(actor).toEqual({ team: 'T0OTHER', user: 'U0STRANGE', name: 'stella' });
    expect(seqs((await say(AUDITOR, 'audit @stella')).text)).toEqual([seq]);
    await slack.as(AUDITOR).click(shown(AUDITOR), 'audit_filter');
    const form = await slack.until(() => slack.as(AUDITOR).views().at(-1));
    await slack.as(AUDITOR).submit(form, { audit_user: 'U0STRANGE' });
    const found = await slack.until(() =>
      slack
        .as(AUDITOR)
        .views()
        .find((view) => seqs(visibleText(view)).length > 0),
    );
    expect(seqs(visibleText(found))).toEqual([seq]);
    for (const view of slack.as(AUDITOR).views()) await slack.as(AUDITOR).close(view);
  });

  it('is narrowed by a form, and refused on record to who is no reader', async () => {
    const { slack } = at();
    const { id, arn } = await oneRequest();
    await say(AUDITOR, 'audit');
    await slack.as(AUDITOR).click(shown(AUDITOR), 'audit_filter');
    const form = await slack.until(() => slack.as(AUDITOR).views().at(-1));
    const wrong = await slack.as(AUDITOR).submit(form, { audit_account: '12', audit_task: 'x' });
    expect(Object.keys(wrong.errors ?? {})).toEqual(['audit_task', 'audit_account']);
    const today = new Date().toISOString().slice(0, 10);
    const fields = {
      audit_account: '111122223333',
      audit_event: 'applied',
      audit_channel: 'C0OPS',
      audit_task: arn.split('/')[1] ?? '',
    };
    const sent = await slack.as(AUDITOR).submit(form, { ...fields, audit_since: today, audit_until: today });
    expect(sent).toMatchObject({ status: 200, responseAction: 'update' });
    const found = visibleText(slack.as(AUDITOR).views().at(-1) ?? {});
    expect(found).toContain('1 audit record of task');
    expect(found).toContain(id);
    expect(found).toContain('in force, read back');
    const view = slack.as(AUDITOR).views().at(-1);
    if (!view) throw new Error('no view');
    await slack.as(AUDITOR).click(view, 'audit_story');
    await slack.until(() =>
      slack
        .as(AUDITOR)
        .views()
        .find((one) => visibleText(one).includes('oldest first')),
    );

    // The same button in other hands shows nothing, and is on record.
    const before = (await at().records()).length;
    const message = shown(AUDITOR);
    await slack.as('U0OPER2').click(message, 'audit_older', {});
    const words = await slack.until(() =>
      slack
        .as('U0OPER2')
        .ephemerals()
        .findLast((one) => visibleText(one).includes('not among them')),
    );
    expect(visibleText(words)).toContain('<@U0AUDIT>');
    const [record] = (await at().records()).slice(before);
    expect(record).toMatchObject({ event: 'refused', actor: { user: 'U0OPER2' }, detail: { why: 'not-a-reader' } });
  });
});

describe('audit verify and audit export', () => {
  it('say whether the log is good, to readers alone', async () => {
    await oneRequest();
    const { text, ms } = await say(AUDITOR, 'audit verify');
    expect(ms).toBeLessThan(SLACK_WAITS_MS);
    expect(text).toMatch(/No fault was found[\s\S]*integrity\* ok[\s\S]*completeness\* ok[\s\S]*authenticity\* ok/);
    expect((await say('U0OPER2', 'audit verify')).text).toContain('not among them');
    expect((await say('U0OPER2', 'audit export')).text).toContain('not among them');
  });

  it('bring the log as a file to the direct messages, on record, and it is good', async () => {
    await oneRequest();
    const { slack, env, records } = at();
    const files = slack.files.length;
    const { text } = await say(AUDITOR, 'audit export since 1d');
    expect(text).toMatch(/\d+ audit records, 1 to \d+: the file is in your direct messages/);
    const file = slack.files[files];
    expect(file?.channel).toMatch(/^D/);
    expect((await records()).at(-1)).toMatchObject({
      event: 'audit.exported',
      actor: { user: AUDITOR },
      detail: { by: 'Slack' },
    });
    const folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-slack-export-'));
    try {
      await writeFile(join(folder, 'log.jsonl'), file?.content ?? '');
      const verified = await run({ AUDIT_KEYS: env.AUDIT_KEYS }, (terminal) =>
        verifyAudit({ file: join(folder, 'log.jsonl') }, terminal),
      );
      expect(verified).toMatchObject({ code: 0 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
