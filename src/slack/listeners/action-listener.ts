import type { App } from '@slack/bolt';
import { actionPayload } from '../connection/payloads.ts';
import type { Click } from '../context/interaction.ts';
import { replyPrivately } from '../replies/private-replies.ts';
import { reply } from '../replies/reply.ts';
import { openRequestSeal } from '../seals/sealed-ids.ts';
import type { MessageView } from '../views/text/text.ts';
import { IGNORED } from '../wording/ignored-words.ts';
import type { Ack } from './interaction-runner.ts';
import { type ListenerDeps, routeOf } from './listener.ts';
import { ACTIONS } from './routes.ts';
import { clickIn } from './tracked-interactions.ts';
import { viewOf } from './view-of.ts';

/** Buttons and selects. */
export function listenToActions(app: App, { bot, runner, isRepeat, tracked }: ListenerDeps): void {
  app.action(/.*/, tracked(clickIn), async ({ body, ack, context }) => {
    await runner.acknowledge('action', ack as Ack, context);
    const { payload, words } = runner.parse('action', actionPayload, body);
    if (!payload) return runner.replyIgnored(body, words);
    const [action] = payload.actions;
    const own = `action:${payload.trigger_id}`;
    if (isRepeat(own)) return runner.ignore('action', 'the same again');
    const route = routeOf(ACTIONS, action.action_id);
    if (!route) {
      runner.ignore('action', `no route for ${action.action_id}`);
      return runner.replyIgnored(body, IGNORED.unknown);
    }
    const say = (message: MessageView | string) => replyPrivately(bot, payload.user.id, payload.response_url, message);
    const channel = payload.channel?.id;
    const value = action.selected_option?.value ?? action.value ?? '';
    const request = openRequestSeal(bot, value);
    const op = route.op?.(value) ?? own;
    const caller = runner.callerOf(payload.user.id, op, { trigger: payload.trigger_id, channel, request, say });
    const click: Click = {
      value,
      message: channel && payload.message ? { channel, ts: payload.message.ts } : null,
      view: payload.view ? viewOf(payload.view) : null,
      replace: payload.response_url ? (message) => reply(payload.response_url ?? '', message, true) : null,
    };
    const kind = `action ${action.action_id}`;
    const counts = route.counts ? { use: own, channel: channel ?? null } : null;
    const work = () => runner.unlessLogLost(action.action_id, route.doing, () => route.handle(bot, caller, click));
    await runner.run(kind, route.doing, caller, () =>
      runner.ifAdmitted(kind, caller, { ...route, counts }, work, caller.say),
    );
  });
}
