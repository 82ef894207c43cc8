import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { ACCOUNT, COMMAND, givenWorld, MiB, OPERATOR, POLICY } from '../world.ts';

const at = givenWorld({ policy: POLICY.replace('lower: 1', 'lower: 0') });

const type = (words: string) =>
  at()
    .told(OPERATOR, () => at().slack.as(OPERATOR).command('C0OPS', COMMAND, words))
    .then(({ text }) => text);
const limit = (arn: string) => at().aws.execution(arn).bytesPerSecond / MiB;
const isLimited = (arn: string, mib: number) => at().slack.until(() => limit(arn) === mib);
const idOf = (arn: string) => arn.slice(-22);

/** The newest answer that only the operator sees. */
const answer = () => {
  const message = at().slack.as(OPERATOR).ephemerals().at(-1);
  if (!message) throw new Error('no answer');
  return message;
};

describe('an execution is named', () => {
  it('by the name of its task, with spaces in quotes', async () => {
    const arn = at().execution({ name: 'photo archive' });
    await type('“photo archive” 50MiB/s cutover');
    await isLimited(arn, 50);
    expect(visibleText(await at().card(arn))).toContain('cutover');
  });

  it('by its id, its task’s id, and the address of its page', async () => {
    const { arn } = at();
    const [, task = ''] = /task\/(task-[0-9a-f]+)/.exec(arn) ?? [];
    await type(`${idOf(arn).toUpperCase()} 60MiB/s`);
    await isLimited(arn, 60);
    await type(`${task} 50MiB/s`);
    await isLimited(arn, 50);
    const page = 'https://us-east-1.console.aws.amazon.com/datasync/home?region=us-east-1';
    await type(`<${page}#/history/${task}/${idOf(arn)}> 40MiB/s`);
    await isLimited(arn, 40);
  });

  it('for a status, a preview and the form too', async () => {
    const arn = at().execution({ name: 'weekly' });
    expect(await type('status weekly')).toContain(idOf(arn));
    expect(await type('why weekly 50MiB/s')).toContain('50 MiB/s');
    const person = at().slack.as(OPERATOR);
    await person.command('C0OPS', COMMAND, 'weekly');
    const view = await at().slack.until(() => person.views().at(-1));
    expect(JSON.stringify(view)).toContain(arn);
    expect(limit(arn)).toBe(100);
  });

  it('by a name that several executions have: the answer offers each, and goes on with what was typed', async () => {
    const [one, other] = [at().execution({ name: 'twin' }), at().execution({ name: 'twin', region: 'eu-west-1' })];
    const text = await type('twin 25MiB/s for 2h "until 18:00 they said"');
    expect(text).toMatch(/Several tasks are named `?twin/);
    expect(text).toContain(idOf(one));
    expect(text).toContain(idOf(other));
    const person = at().slack.as(OPERATOR);
    await person.click(answer(), 'choose-target');
    await at().slack.until(() => limit(one) + limit(other) === 125);
    const limited = limit(one) === 25 ? one : other;
    expect(visibleText(await at().card(limited))).toContain('until 18:00 they said');
    expect((await at().events(limited === one ? other : one)).length).toBe(0);
  });

  it('by a name that another task has that does not run: it is asked back', async () => {
    const arn = at().execution({ name: 'shared-name' });
    at().aws.addTask({ name: 'shared-name', account: ACCOUNT, region: 'us-east-1' });
    expect(await type('shared-name 50MiB/s')).toContain('Several tasks are named');
    expect(await at().events(arn)).toEqual([]);
  });

  it('by a name with other capital letters: it is offered', async () => {
    at().execution({ name: 'Hourly' });
    expect(await type('hourly 50MiB/s')).toContain('Did you mean this?');
  });

  it('by a name that nothing has, or nothing that runs', async () => {
    at().aws.addTask({ name: 'resting', account: ACCOUNT, region: 'us-east-1' });
    expect(await type('resting 50MiB/s')).toContain('`resting` has no running or queued execution');
    const none = await type('lsit');
    expect(none).toContain('No running or queued execution');
    expect(none).toContain('/datasync-throttle help');
  });

  it('by a name while AWS does not answer for a Region: it is never taken for the only one', async () => {
    const arn = at().execution({ name: 'half-known' });
    at().aws.fail({ kind: 'internal', operation: 'ListTaskExecutions', region: 'eu-west-1' });
    expect(await type('half-known 50MiB/s')).toContain('couldn’t search every account and Region');
    expect(await at().events(arn)).toEqual([]);
  });
});
