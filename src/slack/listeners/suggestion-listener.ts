import type { App } from '@slack/bolt';
import { suggestionPayload } from '../connection/payloads.ts';
import { withTimeout } from '../replies/timely-reply.ts';
import { unknownOption } from '../views/modals/request-modal.ts';
import type { Ack } from './interaction-runner.ts';
import { type ListenerDeps, routeOf } from './listener.ts';
import { SUGGESTIONS } from './routes.ts';

/** Slack waits 3 s for the options of a select. */
const SUGGESTIONS_DUE_MS = 2500;

/** Options that Slack asks for while somebody types. */
export function listenToSuggestions(app: App, { bot, runner }: ListenerDeps, onDone: () => void): void {
  app.options(/.*/, async ({ body, ack, context }) => {
    const { payload } = runner.parse('suggestion', suggestionPayload, body);
    const route = payload && routeOf(SUGGESTIONS, payload.action_id);
    const metadata = payload?.view?.private_metadata;
    if (!route || metadata === undefined) {
      return runner.acknowledge('suggestion', ack as Ack, context, { options: [] });
    }
    // One key for a form, so that a refusal is recorded once and not for each letter.
    const op = `suggestion:${payload.view?.id}:${payload.user.id}`;
    const caller = runner.callerOf(payload.user.id, op, { say: async () => {} });
    const work = () => route.handle(bot, caller, { metadata, query: payload.value });
    const found = runner
      .ifAdmitted('suggestion', caller, route, work, async () => [])
      .catch((err: unknown) => {
        caller.log.warn({ err }, 'no suggestions');
        return [unknownOption()];
      });
    const options = await withTimeout(found, SUGGESTIONS_DUE_MS, [unknownOption()]);
    onDone();
    await runner.acknowledge('suggestion', ack as Ack, context, { options });
  });
}
