import { describe, expect, it } from 'vitest';
import { client, givenSlack, slack } from './given-slack.ts';

givenSlack();

describe('until', () => {
  it('says at its end what happened instead', async () => {
    await client.auth.test();
    await expect(slack.until(() => slack.messages()[0], { timeoutMs: 20 })).rejects.toThrow('auth.test ok');
  });
});
