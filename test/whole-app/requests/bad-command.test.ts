import { describe, expect, it } from 'vitest';
import { COMMAND, givenWorld, OPERATOR, SLACK_WAITS_MS } from '../world.ts';

const at = givenWorld();

describe('what can not be read', () => {
  it.each<[what: string, typed: (arn: string) => string, quoted: string, expected: RegExp]>([
    ['no such word', () => 'thortle it please', 'thortle', /one of the words `list`, `status`, `requests`/],
    ['an id that is too short', () => 'exec-0123456789abcde 50MiB/s', 'exec-0123456789abcde', /17 of 0-9/],
    ['another web page', () => '<https://example.com/task-0123456789abcdef0> 5%', 'example.com', /AWS console/],
    [
      'the ARN of an agent',
      () => 'arn:aws:datasync:us-east-1:111122223333:agent/agent-0123456789abcdef0 1MiB/s',
      'agent',
      /execution/,
    ],
    ['the ARN of another service', () => 'arn:aws:s3:::bucket 50MiB/s', 'arn:aws:s3:::bucket', /DataSync|execution/],
    ['the rate 0', (arn) => `${arn} 0`, '0', /stop|cancel|at least|lowest|pause/i],
    ['a negative rate', (arn) => `${arn} -5`, '-5', /unlimited|above|positive|1/],
    ['the rate fast', (arn) => `${arn} fast`, 'fast', /50MiB\/s/],
    ['bits or bytes', (arn) => `${arn} 50mb/s`, '50mb/s', /50MB\/s.*50Mbit\/s|50Mbit\/s.*50MB\/s/],
    ['a number without end', (arn) => `${arn} 1e400`, '1e400', /50MiB\/s|number/],
    ['a duration without a unit', (arn) => `${arn} 50MiB/s for 2`, '2', /2h|30m|minutes/],
    ['10,000 characters', () => 'x'.repeat(10_000), 'xxx', /as AWS shows it/],
    ['10,000 characters of a reason', (arn) => `${arn} 50MiB/s ${'because '.repeat(1250)}`, 'because', /at most 500/],
    ['10,000 dots', (arn) => `${arn} ${'.'.repeat(10_000)}`, 'missing', /50MiB\/s/],
    ['what would wake a channel', () => '<!channel> <@U0LEAD2> *x*', 'channel', /as AWS shows it/],
  ])('%s is quoted, with what is expected and an example', async (_, typed, quoted, expected) => {
    const { slack, aws, told, records, execution } = at();
    const arn = execution();
    const calls = aws.calls.length;
    const posted = slack.messages().length;
    const answer = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, typed(arn)));
    expect(answer.ms).toBeLessThan(SLACK_WAITS_MS);
    expect(answer.text).toContain(quoted);
    expect(answer.text).toMatch(expected);
    expect(answer.text).toContain(`For example: \`${COMMAND} `);
    expect(answer.text).toContain('Nothing was asked');
    expect(answer.text).not.toMatch(/<!|<@/);
    expect(answer.text.length).toBeLessThan(1000);
    expect(await records()).toEqual([]);
    expect(aws.calls).toHaveLength(calls);
    expect(slack.messages()).toHaveLength(posted);
  });

  it('help says what can be said', async () => {
    const { slack, told } = at();
    const { text } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, 'help'));
    for (const word of ['requests', 'audit', 'for 2h', '50MiB/s']) expect(text).toContain(word);
  });
});
