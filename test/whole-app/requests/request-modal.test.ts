import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import type { JsonObject } from '../../../sandbox/slack/json.ts';
import type { SlackView } from '../../../sandbox/slack/views.ts';
import { COMMAND, givenWorld, MiB, OPERATOR, SLACK_WAITS_MS, shows } from '../world.ts';

const at = givenWorld();

/** Made before the list is asked for the first time: what AWS lists is kept for 15 s. */
const made: Record<'finance' | 'queued' | 'over' | 'elsewhere' | 'enhanced' | 'asked', string> = {
  finance: '',
  queued: '',
  over: '',
  elsewhere: '',
  enhanced: '',
  asked: '',
};

beforeAll(() => {
  const { execution, aws } = at();
  made.finance = execution({ name: 'finance-close', bytesPerSecond: 20 * MiB });
  made.queued = execution({ name: 'finance-open', bytesPerSecond: -1, status: 'QUEUED' });
  made.over = execution({ name: 'finance-done' });
  aws.finish(made.over, 'SUCCESS');
  made.elsewhere = execution({ name: 'finance-other', account: '999999999999' });
  made.enhanced = execution({ name: 'enhanced-one', mode: 'ENHANCED', bytesPerSecond: 30 * MiB });
  made.asked = execution({ name: 'by-modal' });
});

afterEach(async () => {
  const { aws, slack } = at();
  aws.recover();
  for (const view of slack.as(OPERATOR).views()) await slack.as(OPERATOR).close(view);
});

async function opened(words = '', channel = 'C0OPS'): Promise<SlackView> {
  const { slack } = at();
  const olga = slack.as(OPERATOR);
  const before = new Set(olga.views().map(({ id }) => id));
  await olga.command(channel, COMMAND, words);
  return slack.until(() => olga.views().find(({ id }) => !before.has(id)));
}

const now = (view: SlackView) => at().slack.view(view.id);

const values = (options: JsonObject[]) => options.map(({ value }) => value);

describe('the request modal', () => {
  it('is open within 3 s although AWS hangs', async () => {
    at().aws.fail({ kind: 'hang' });
    const from = performance.now();
    await opened();
    expect(performance.now() - from).toBeLessThan(1000);
  });

  it('finds executions by task name or id, with status and limit, those that this person may ask about', async () => {
    const { slack } = at();
    const { finance, queued: free, over, elsewhere } = made;
    const olga = slack.as(OPERATOR);
    const view = await opened();
    const all = values(await olga.suggest(view, 'execution', ''));
    expect(all).toEqual(expect.arrayContaining([finance, free]));
    expect(all).not.toContain(over);
    expect(all).not.toContain(elsewhere);
    const found = await olga.suggest(view, 'execution', 'FINANCE-cl');
    expect(values(found)).toEqual([finance]);
    expect(visibleText({ blocks: found })).toBe(
      `finance-close · TRANSFERRING\n20 MiB/s (168 Mbit/s) · ${finance.slice(-22)}`,
    );
    const queued = await olga.suggest(view, 'execution', free.slice(-17));
    expect(visibleText({ blocks: queued })).toContain('finance-open · QUEUED\nunlimited');
    expect(await olga.suggest(view, 'execution', 'no such thing')).toEqual([]);
    // In a channel that no rule names, and to somebody whom no rule lets ask, there is nothing to choose.
    expect(await olga.suggest(await opened('', 'C0OTHER'), 'execution', 'finance')).toEqual([]);
  });

  it('does not offer an empty list, as if nothing ran, where the answer comes too late or not at all', async () => {
    const { aws, slack } = at();
    const olga = slack.as(OPERATOR);
    const view = await opened();
    const arn = made.finance.replace(/exec-.*/, 'exec-00000000000000abc');
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution' });
    expect(values(await olga.suggest(view, 'execution', arn))).toEqual(['not-known']);
  });

  it('finds an execution that just began by its pasted ARN, though the list is older', async () => {
    const { aws, slack } = at();
    const olga = slack.as(OPERATOR);
    const view = await opened();
    await olga.suggest(view, 'execution', '');
    const task = aws.addTask({ name: 'just-begun', account: '111122223333', region: 'us-east-1' });
    const arn = aws.startExecution(task, { bytes: 1e12, status: 'TRANSFERRING' });
    expect(values(await olga.suggest(view, 'execution', `${arn} `))).toEqual([arn]);
    // One that AWS does not find just now can be chosen: the form then says so.
    const unknown = arn.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    const offered = await olga.suggest(view, 'execution', unknown);
    expect(values(offered)).toEqual([unknown]);
    expect(JSON.stringify(offered)).toContain('· not known');
  });

  it.each([
    ['refuses to list', 'deny', 'AWS refused `datasync:ListTaskExecutions`'],
    ['does not answer', 'hang', 'no answer in time'],
  ] as const)('says under the list where AWS %s', async (_, kind, words) => {
    const { aws, slack, bots, startBot } = at();
    // What AWS listed before is kept.
    await startBot();
    await bots.shift()?.stop();
    aws.fail({ kind, operation: 'ListTaskExecutions' });
    const view = await opened();
    const shown = await slack.until(() => [now(view)].find((one) => one && shows(one, 'is not in the list')));
    expect(visibleText(shown)).toContain(
      `*us-east-1* as \`arn:aws:iam::111122223333:role/datasync-throttle\`: ${words}.`,
    );
    expect(visibleText(shown)).toContain('paste an execution’s ARN');
  });

  it('says under the list that no rule is for this channel', async () => {
    const { slack } = at();
    const view = await opened('', 'C0OTHER');
    const shown = await slack.until(() => [now(view)].find((one) => one && shows(one, 'No rule of the policy')));
    expect(visibleText(shown)).toContain('is for this channel, so there is nothing to choose. Ask in <#C0OPS>.');
  });

  it('shows what a chosen execution does now, and warns of Enhanced mode', async () => {
    const { slack } = at();
    const arn = made.enhanced;
    const olga = slack.as(OPERATOR);
    const view = await opened();
    await olga.suggest(view, 'execution', 'enhanced');
    await olga.click(view, 'execution', { value: arn });
    const shown = await slack.until(() => [now(view)].find((one) => one && shows(one, 'Limit in force')));
    expect(visibleText(shown)).toMatch(/30 MiB\/s \(252 Mbit\/s\)/);
    expect(visibleText(shown)).toContain('TRANSFERRING');
    expect(visibleText(shown)).toMatch(/Enhanced/);
  });

  it('asks', async () => {
    const { slack, card } = at();
    const arn = made.asked;
    const olga = slack.as(OPERATOR);
    const view = await opened();
    await olga.suggest(view, 'execution', 'by-modal');
    await olga.click(view, 'execution', { value: arn });
    await slack.until(() => [now(view)].find((one) => one && shows(one, 'Limit in force')));
    const sent = await olga.submit(view, { rate: '50%', duration: '2h', reason: '<!channel> <@U0LEAD2> *x*' });
    expect(sent).toMatchObject({ status: 200, responseAction: 'clear' });
    const asked = await card(arn, '50 MiB/s');
    expect(visibleText(asked)).toContain('2 h');
    expect(slack.notified.find(({ ts }) => ts === asked.ts)?.called).toEqual(['S0LEADS']);
  });

  it('opens with the execution that was typed', async () => {
    const { slack, execution, card } = at();
    const arn = execution();
    const view = await opened(arn);
    expect(await slack.as(OPERATOR).submit(view, { rate: '80MiB/s' })).toMatchObject({ responseAction: 'clear' });
    await card(arn, '80 MiB/s');
  });

  it('says under the field what is wrong, and keeps what was typed', async () => {
    const { slack, execution, events, card } = at();
    const arn = execution();
    const view = await opened(arn);
    const olga = slack.as(OPERATOR);
    const bad = await olga.submit(view, { rate: '50mb/s', duration: '2', reason: 'cutover' });
    expect(bad.responseAction).toBe('errors');
    expect(bad.errors).toMatchObject({
      rate: expect.stringContaining('50mb/s'),
      duration: expect.stringContaining('2'),
    });
    expect(JSON.stringify(bad.errors)).not.toMatch(/[`<>]/);
    const high = await olga.submit(view, { rate: '2GiB/s', duration: '2h' });
    expect(high).toMatchObject({ responseAction: 'errors', errors: { rate: expect.stringContaining('1 GiB/s') } });
    const long = await olga.submit(view, { rate: '50MiB/s', duration: '3d' });
    expect(long).toMatchObject({ responseAction: 'errors', errors: { duration: expect.stringContaining('12 h') } });
    expect(await events(arn)).toEqual(['refused', 'refused']);
    expect(await olga.submit(view, { duration: '2h' })).toMatchObject({ responseAction: 'clear' });
    expect(visibleText(await card(arn))).toContain('cutover');
  });

  it('says in the modal what is about no field, and keeps what was typed', async () => {
    const { slack, execution, events } = at();
    const arn = execution();
    const ada = slack.as('U0AUDIT');
    await ada.command('C0OPS', COMMAND, arn);
    const view = await slack.until(() => ada.views()[0]);
    const refused = await ada.submit(view, { rate: '60MiB/s', reason: 'month end' });
    expect(refused).toMatchObject({ responseAction: 'update' });
    const shown = visibleText(ada.views()[0] ?? view);
    expect(shown).toContain('Who could ask: <!subteam^S0OPS>');
    expect(shown).toContain('60MiB/s');
    expect(shown).toContain('month end');
    expect(await events(arn)).toEqual(['refused']);
  });

  it('says of a refused one that is sent again that it was refused, and keeps what was typed', async () => {
    const { slack, execution, events } = at();
    const arn = execution();
    const view = await opened(arn);
    const olga = slack.as(OPERATOR);
    const typed = { rate: '2GiB/s', duration: '2h', reason: 'cutover' };
    expect(await olga.submit(view, typed)).toMatchObject({ responseAction: 'errors' });
    expect(await olga.submit(view, typed)).toMatchObject({ responseAction: 'update' });
    const shown = now(view) ?? view;
    expect(visibleText(shown)).toContain('This was refused before, and that is on record.');
    expect(visibleText(shown)).toContain('cutover');
    expect(await events(arn)).toEqual(['refused']);
  });

  it('links the open request, where there is one, and keeps what was typed', async () => {
    const { slack, execution, ask } = at();
    const arn = execution();
    const { channel, ts } = await ask(arn);
    const view = await opened(arn);
    const refused = await slack.as(OPERATOR).submit(view, { rate: '60MiB/s', reason: 'cutover' });
    expect(refused).toMatchObject({ responseAction: 'update' });
    const shown = visibleText(now(view) ?? view);
    expect(shown).toMatch(/open already: `r-[0-9a-z]{10}`, <https?:\/\/[^|>]*\|see the open one>/);
    expect(shown).toContain(`${channel}/p${ts.replace('.', '')}`);
    expect(shown).toContain('60MiB/s');
    expect(shown).toContain('cutover');
  });

  it('says in which channel it could be asked, and keeps what was typed', async () => {
    const { slack, execution } = at();
    const arn = execution();
    await opened(arn, 'C0OTHER');
    const olga = slack.as(OPERATOR);
    const view = await slack.until(() => olga.views()[0]);
    expect(await olga.submit(view, { rate: '60MiB/s' })).toMatchObject({ responseAction: 'update' });
    expect(visibleText(now(view) ?? view)).toContain('`production` would, in <#C0OPS>: ask there');
    expect(visibleText(now(view) ?? view)).toContain('60MiB/s');
  });

  it('is answered within 3 s although AWS hangs, and tells the truth afterwards', async () => {
    const { slack, aws, execution, card } = at();
    const arn = execution();
    const view = await opened(arn);
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution', ms: 2700 });
    const sent = await slack.as(OPERATOR).submit(view, { rate: '50MiB/s' });
    aws.recover();
    expect(sent).toMatchObject({ status: 200, responseAction: 'update' });
    expect(sent.ms).toBeLessThan(SLACK_WAITS_MS);
    await slack.until(() => [now(view)].find((one) => one && shows(one, 'It needs one approval')));
    await card(arn);
  });
});
