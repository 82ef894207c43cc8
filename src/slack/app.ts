import { App, type Receiver } from '@slack/bolt';
import { boltLogger } from '../logging/logger.ts';
import { listenToActions } from './listeners/action-listener.ts';
import { listenToCommands } from './listeners/command-listener.ts';
import { createDedupe } from './listeners/dedupe.ts';
import { listenToHome } from './listeners/home-listener.ts';
import { createInteractionRunner, type InteractionRunnerOptions } from './listeners/interaction-runner.ts';
import type { InteractionTracker } from './listeners/interaction-tracker.ts';
import type { ListenerDeps } from './listeners/listener.ts';
import { listenToSubmits } from './listeners/submit-listener.ts';
import { listenToSuggestions } from './listeners/suggestion-listener.ts';

export interface SlackAppOptions extends InteractionRunnerOptions {
  receiver: Receiver;
  unfinished: { begin: InteractionTracker['begin'] };
  token: string;
}

/**
 * Bolt with one listener for each kind of interaction. What is not for this app and workspace, can't be read or has no route is
 * answered and logged; a repeat is only acknowledged.
 */
export function createSlackApp(options: SlackAppOptions): App {
  const { bot, receiver, unfinished, token, onInteraction } = options;
  const { identity, log } = bot;
  const app = new App({
    receiver,
    logger: boltLogger(log),
    authorize: async () => ({
      botToken: token,
      botId: identity.botId,
      botUserId: identity.botUser,
      teamId: identity.team,
    }),
    convoStore: false,
  });
  const deps: ListenerDeps = {
    bot,
    runner: createInteractionRunner(options),
    isRepeat: createDedupe(),
    tracked:
      (read) =>
      async ({ body, context, next }) => {
        const interaction = read(body);
        const tracked = interaction && unfinished.begin(interaction);
        // The work need not wait for it: what it writes comes after the entry, over the same connection.
        context.onRecord = tracked?.onRecord;
        await next().finally(() => tracked?.end());
      },
  };
  listenToCommands(app, deps);
  listenToActions(app, deps);
  listenToSubmits(app, deps);
  listenToSuggestions(app, deps, () => onInteraction('suggestion', 'done'));
  listenToHome(app, deps, onInteraction);
  app.error(async (fault) => {
    log.error({ err: fault }, 'Bolt could not handle something');
  });
  return app;
}
