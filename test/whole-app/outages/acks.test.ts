import { describe, expect, it } from 'vitest';
import { COMMAND, givenWorld, OPERATOR } from '../world.ts';

const at = givenWorld();

/** Seconds that commands waited for their acknowledgement, in all, as the bot tells it. */
async function waited(): Promise<number> {
  const [bot] = at().bots;
  const text = await (await fetch(`http://127.0.0.1:${bot?.opsPort}/metrics`)).text();
  return Number(/^datasync_throttle_interaction_ack_seconds_sum\{kind="command"\} (.*)$/m.exec(text)?.[1] ?? 0);
}

describe('the time to an acknowledgement', () => {
  it('counts from the arrival of a request, also where the process is too busy to see it', async () => {
    const { slack } = at();
    const before = await waited();
    let busy = true;
    const block = () => {
      const until = performance.now() + 300;
      while (performance.now() < until);
      // Some turns of the loop in between, so that requests come in at all.
      if (busy) setTimeout(block, 20);
    };
    try {
      block();
      // Some of these are sent right before the loop is blocked.
      await expect
        .poll(
          async () => {
            await slack.as(OPERATOR).command('C0OPS', COMMAND, 'help');
            return (await waited()) - before;
          },
          { timeout: 30_000 },
        )
        .toBeGreaterThan(0.25);
    } finally {
      busy = false;
    }
  });

  it('is not to be had for more than Slack ever sends', async () => {
    const [bot] = at().bots;
    const body = `payload=${'x'.repeat(2 * 1024 * 1024)}`;
    const answer = await fetch(`http://127.0.0.1:${bot?.port}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000)),
        'x-slack-signature': `v0=${'0'.repeat(64)}`,
      },
      body,
    });
    expect(answer.status).toBe(413);
  });
});
