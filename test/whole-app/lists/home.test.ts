import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import type { SlackView } from '../../../sandbox/slack/views.ts';
import { givenWorld, LEAD, MiB, OPERATOR, shows } from '../world.ts';

const at = givenWorld();

/** The person's home tab, once it says all of `words`. */
function home(user: string, words: readonly string[], timeoutMs = 30_000): Promise<SlackView> {
  const { slack } = at();
  return slack.until(
    () => {
      const view = slack.as(user).home();
      return view && words.every((one) => shows(view, one)) && view;
    },
    { timeoutMs },
  );
}

const published = (user: string) =>
  at().slack.calls.filter(({ method, args }) => method === 'views.publish' && args.user_id === user);

describe('the home tab', () => {
  it('shows a lead what waits, what runs and what is on record, and lets them decide there', async () => {
    const { slack, ask, execution, card, startBot } = at();
    await startBot();
    const arn = execution({ name: 'home-one', bytes: 1000 * MiB, transferred: 500 * MiB, bytesPerSecond: MiB });
    await ask(arn, '2MiB/s quick please');
    const from = performance.now();
    await slack.as(LEAD).openHome();
    const first = await home(LEAD, ['For you to decide* (1)', 'home-one', 'quick please', 'On record', '50 %']);
    expect(performance.now() - from).toBeLessThan(3000);
    expect(visibleText(first)).toContain('None of yours is open');

    await slack.as(OPERATOR).openHome();
    const olgas = await home(OPERATOR, ['Asked by you, still open* (1)']);
    expect(visibleText(olgas)).toContain('Nothing waits for you');
    expect(visibleText(olgas)).not.toContain('Review\n');

    await slack.as(LEAD).click(first, 'review');
    const modal = await slack.until(() =>
      slack
        .as(LEAD)
        .views()
        .find((view) => shows(view, 'Decision')),
    );
    await slack.as(LEAD).submit(modal, { decision: 'approve' });
    await card(arn, 'In force');
    // Both tabs follow by themselves, each at most every ten seconds.
    await Promise.all([
      home(LEAD, ['Nothing waits for you', 'in force, read back from AWS']),
      home(OPERATOR, ['None of yours is open', 'in force, read back from AWS']),
    ]);
    for (const user of [LEAD, OPERATOR]) {
      await slack.until(() => published(user).length > 1);
      const times = published(user).map((call) => call.at);
      for (const [place, time] of times.slice(1).entries()) expect(time - (times[place] ?? 0)).toBeGreaterThan(9_900);
    }
  });

  it('is for full members, and is left alone until it is opened', async () => {
    const { slack } = at();
    await slack.as('U0GUEST').openHome();
    const view = await home('U0GUEST', ['Only full members']);
    expect(visibleText(view)).not.toContain('MiB');
    expect(published('U0AUDIT')).toEqual([]);
  });

  it('is published once, however often it is opened', async () => {
    const { slack } = at();
    for (let times = 0; times < 5; times += 1) await slack.as('U0LEAD2').openHome();
    await home('U0LEAD2', ['Running and queued']);
    await sleep(300);
    expect(published('U0LEAD2')).toHaveLength(1);
  });
});

describe('the home tab over Socket Mode', () => {
  const socket = givenWorld({ mode: 'socket' });

  it('is shown too', async () => {
    const { slack } = socket();
    await slack.as('U0AUDIT').openHome();
    await slack.until(() => slack.as('U0AUDIT').home());
    expect(shows(slack.as('U0AUDIT').home() ?? {}, 'Running and queued')).toBe(true);
  });
});
