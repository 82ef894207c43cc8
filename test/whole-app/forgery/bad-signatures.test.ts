import { describe, expect, it } from 'vitest';
import { tracesIn } from '../traces.ts';
import { COMMAND, givenWorld, OPERATOR } from '../world.ts';

const at = givenWorld();

const traces = () => tracesIn(at());
const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;

function without(headers: Record<string, string>, name: string): Record<string, string> {
  const { [name]: _, ...rest } = headers;
  return rest;
}

describe('a request whose signature is not good', () => {
  it.each([
    ['is missing', (headers: Record<string, string>) => without(headers, 'x-slack-signature'), 0],
    [
      'is another',
      (headers: Record<string, string>) => ({ ...headers, 'x-slack-signature': `v0=${'0'.repeat(64)}` }),
      0,
    ],
    ['has no time', (headers: Record<string, string>) => without(headers, 'x-slack-request-timestamp'), 0],
    ['is 6 minutes old', (headers: Record<string, string>) => headers, -360],
    ['is 2 minutes ahead', (headers: Record<string, string>) => headers, 120],
  ])('%s: 401 and nothing', async (_, change, offset) => {
    const { slack, execution } = at();
    const request = slack
      .as(OPERATOR)
      .commandRequest('C0OPS', COMMAND, `${execution()} 50MiB/s`, { timestamp: seconds(offset) });
    const before = await traces();
    const answer = await slack.sendRaw({ ...request, headers: change({ ...request.headers }) });
    expect(answer.status).toBe(401);
    expect(answer.body).toBe('');
    expect(await traces()).toEqual(before);
  });

  it('a body that was changed after it was signed: 401', async () => {
    const { slack, execution } = at();
    const { headers, body } = slack.as(OPERATOR).commandRequest('C0OPS', COMMAND, `${execution()} 50MiB/s`);
    const before = await traces();
    expect((await slack.sendRaw({ headers, body: body.replace('50MiB', '90MiB') })).status).toBe(401);
    expect(await traces()).toEqual(before);
  });

  it('a body that is no form: refused, and the bot lives on', async () => {
    const { slack, told } = at();
    const { headers } = slack.as(OPERATOR).commandRequest('C0OPS', COMMAND, 'help');
    for (const body of ['', '{', '%', 'payload={']) {
      expect((await slack.sendRaw({ headers, body })).status).toBe(401);
    }
    await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, 'help'));
  });
});
