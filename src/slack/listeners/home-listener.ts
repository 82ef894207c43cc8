import type { App } from '@slack/bolt';
import { homePayload } from '../connection/payloads.ts';
import { checkAccess } from './access-check.ts';
import type { InteractionRunnerOptions } from './interaction-runner.ts';
import type { ListenerDeps } from './listener.ts';

/** Somebody opened the app's Home tab. */
export function listenToHome(
  app: App,
  { bot, runner }: ListenerDeps,
  onInteraction: InteractionRunnerOptions['onInteraction'],
): void {
  app.event('app_home_opened', async ({ body }) => {
    const { payload } = runner.parse('home', homePayload, body);
    // The Messages tab sends the same event.
    if (payload?.event.tab !== 'home') return;
    const { user } = payload.event;
    // The tab itself says why it is empty; here a refused attempt is recorded, once an hour.
    const caller = runner.callerOf(user, `home:${user}:${bot.clock.now().toISOString().slice(0, 13)}`, {
      say: async () => {},
    });
    bot.background(checkAccess(bot, caller, { what: 'home', viewers: true }));
    const opened = bot.homeTabs.opened(user);
    bot.background(opened);
    await opened.then(
      () => onInteraction('home', 'done'),
      () => onInteraction('home', 'fault'),
    );
  });
}
