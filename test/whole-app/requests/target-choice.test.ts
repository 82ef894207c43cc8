import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { tracesIn } from '../traces.ts';
import { ACCOUNT, COMMAND, givenWorld, LIMITS, MiB, OPERATOR, POLICY, SLACK_WAITS_MS } from '../world.ts';

const OPERATOR2 = 'U0OPER2';
const LOW = POLICY.replace('lower: 1', 'lower: 0').replace('maxDuration: 12h', 'maxDuration: 7d');

/** Two executions of tasks with the same name: whoever names them is asked which one. */
function choosingIn(at: ReturnType<typeof givenWorld>) {
  const limit = (arn: string) => at().aws.execution(arn).bytesPerSecond / MiB;
  const twins = (name: string) => [at().execution({ name }), at().execution({ name })] as const;
  const type = (words: string, user = OPERATOR) =>
    at()
      .told(user, () => at().slack.as(user).command('C0OPS', COMMAND, words))
      .then(({ text }) => text);
  const answer = (user = OPERATOR) => {
    const message = at().slack.as(user).ephemerals().at(-1);
    if (!message) throw new Error('no answer');
    return message;
  };
  const click = (action: string, message = answer()) =>
    at()
      .told(OPERATOR, () => at().slack.as(OPERATOR).click(message, action))
      .then(({ text }) => text);
  return { limit, twins, type, answer, click };
}

describe('an execution that is chosen', () => {
  const at = givenWorld({ policy: LOW });
  const { limit, twins, type, answer, click } = choosingIn(at);

  it('is limited once, however often the button is pressed', async () => {
    const [one, other] = twins('pressed-twice');
    await type('pressed-twice 25MiB/s for 2h');
    const choice = answer();
    await click('choose-target', choice);
    await at().slack.until(() => limit(one) + limit(other) === 125);
    expect(await click('choose-target', choice)).toMatch(/already/);
    const limited = limit(one) === 25 ? one : other;
    expect((await at().events(limited)).filter((event) => event === 'requested')).toHaveLength(1);
  });

  it('is the one of a button that was not changed, and not made for somebody else', async () => {
    twins('forged');
    await type('forged 25MiB/s');
    const choice = answer();
    const before = await tracesIn(at());
    const pressed = (user: string, value?: string) =>
      at().told(user, () =>
        at()
          .slack.as(user)
          .click(choice, 'choose-target', value === undefined ? {} : { value }),
      );
    expect((await pressed(OPERATOR, 'x.y')).text).toContain('Nothing was done');
    expect((await pressed(OPERATOR2)).text).toContain('Nothing was done');
    expect(await tracesIn(at())).toEqual(before);
  });

  it('gets the reason and the end exactly as typed', async () => {
    const [one, other] = twins('worded');
    const reason = "R&D’s `cut` <b> *50* &amp; &lt; 'ok' https://example.com/?a=1&b=2";
    await type(`worded 25% until tomorrow 06:00 ${reason}`);
    await click('choose-target');
    await at().slack.until(() => limit(one) + limit(other) === 125);
    const [record] = (await at().records()).filter(
      ({ event, execution }) => event === 'requested' && (execution === one || execution === other),
    );
    expect(record).toMatchObject({ reason, to: 25 * MiB });
  });

  it('has no button where Slack would not take it, and the answer says what to do', async () => {
    const [one] = twins('long-reason');
    const text = await type(`long-reason 25MiB/s for 2h ${'切'.repeat(490)}`);
    expect(text).toContain(one.slice(-22));
    expect(text).toContain('Type the command again with the execution’s id');
  });

  it('is named in the text alone too', async () => {
    const [one, other] = twins('spoken');
    await type('spoken 25MiB/s');
    expect(answer().text).toContain(one.slice(-22));
    expect(answer().text).toContain(other.slice(-22));
  });
});

describe('an execution that is chosen, while the policy changes', () => {
  const at = givenWorld({
    policy: LOW.replace(LIMITS, 'limits: { perUser: 4/min, perChannel: 900/min, openPerUser: 9 }'),
  });
  const { twins, type, answer, click } = choosingIn(at);

  it('counts as what it carries out', async () => {
    twins('counted');
    await type('why counted 25MiB/s');
    const choice = answer();
    for (let nth = 1; nth <= 3; nth++) expect(await click('choose-preview', choice)).not.toContain('limit of 4');
    expect(await click('choose-preview', choice)).toContain('limit of 4 commands a minute');
  });
});

describe('a status that is chosen', () => {
  const at = givenWorld({ policy: LOW });
  const { twins, type, answer, click } = choosingIn(at);

  it('is shown to viewers alone, as they are now', async () => {
    twins('watched');
    expect(await type('status watched')).toContain('Show status');
    const choice = answer();
    expect(await click('choose-status', choice)).toContain('TRANSFERRING');
    await writeFile(at().policyFile, LOW.replace('version: 1\n', 'version: 1\nviewers: { users: [U0LEAD] }\n'));
    await at().bots[0]?.reloadPolicy();
    const text = await click('choose-status', choice);
    expect(text).toContain('can’t view');
    expect(text).not.toContain('TRANSFERRING');
  });
});

describe('a name', () => {
  const at = givenWorld({ policy: LOW });
  const { type, answer, limit } = choosingIn(at);

  it.each([
    ['photo archive', '"photo  archive"'],
    ['plain', '_plain_'],
    ['dotted', '"dotted."'],
    ['tail', '"tail "'],
  ])('that is not exactly the same is offered, not taken: %s, typed %s', async (name, typed) => {
    const arn = at().execution({ name });
    expect(await type(`${typed} 50MiB/s`)).toContain('Did you mean');
    expect(await at().events(arn)).toEqual([]);
  });

  it.each(['two  spaces', '_under_', 'end.'])('can be typed, whatever AWS allows in it: %s', async (name) => {
    const arn = at().execution({ name });
    await type(`"${name}" 50MiB/s`);
    await at().slack.until(() => limit(arn) === 50);
  });

  it('that another execution has got since the list was read is asked back', async () => {
    const arn = at().execution({ name: 'started-again' });
    await type('list');
    at().execution({ name: 'started-again' });
    expect(await type('started-again 50MiB/s')).toContain('Several tasks');
    expect(await at().events(arn)).toEqual([]);
  });

  it('alone, while a Region is slow: the person is asked in time, and the button opens the form', async () => {
    const arn = at().execution({ name: 'slow-form' });
    at().aws.fail({ kind: 'hang', ms: 6000, operation: 'ListTaskExecutions', region: 'eu-west-1', times: 2 });
    const person = at().slack.as(OPERATOR);
    const { ms, text } = await at().told(OPERATOR, () => person.command('C0OPS', COMMAND, 'slow-form'));
    expect(ms).toBeLessThan(SLACK_WAITS_MS);
    expect(text).toContain(arn.slice(-22));
    await person.click(answer(), 'choose-form');
    const view = await at().slack.until(() => person.views().at(-1));
    expect(JSON.stringify(view)).toContain(arn);
  });
});

describe('a rule that names no Region', () => {
  const at = givenWorld({
    policy: LOW.replace('regions: [us-east-1, eu-west-1], ', ''),
    env: { AWS_REGION: 'us-east-1' },
  });
  const { type, limit } = choosingIn(at);

  it('covers more than is searched, so that a name is never taken for the only one', async () => {
    const arn = at().execution({ name: 'anywhere' });
    at().execution({ name: 'anywhere', region: 'eu-west-1' });
    expect(await type('anywhere 50MiB/s')).toContain('others may match');
    expect(await at().events(arn)).toEqual([]);
  });

  it('is searched in the Region that the address names', async () => {
    const task = at().aws.addTask({ name: 'elsewhere', account: ACCOUNT, region: 'eu-west-1' });
    const arn = at().aws.startExecution(task, {
      bytes: 2_000_000 * MiB,
      bytesPerSecond: 100 * MiB,
      status: 'TRANSFERRING',
    });
    await type(`${task} 50MiB/s`);
    await at().slack.until(() => limit(arn) === 50);
    const [, ids = ''] = /task\/(.*)/.exec(arn) ?? [];
    const page = `https://111122223333-ab12cd34.eu-west-1.console.aws.amazon.com/datasync/home?region=eu-west-1#/history/${ids.replace('execution/', '')}`;
    await type(`<${page}> 40MiB/s`);
    await at().slack.until(() => limit(arn) === 40);
    expect(visibleText(await at().card(arn))).toContain('eu-west-1');
  });
});
