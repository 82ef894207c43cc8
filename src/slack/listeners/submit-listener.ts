import type { App } from '@slack/bolt';
import { submitPayload } from '../connection/payloads.ts';
import { sendDirectMessage } from '../replies/private-replies.ts';
import { answerSubmit, noticeAnswer, refilledFormAnswer } from '../replies/submit-answer.ts';
import { openModalSeal } from '../seals/sealed-ids.ts';
import { noticeModal } from '../views/modals/notices.ts';
import type { MessageView } from '../views/text/text.ts';
import { IGNORED } from '../wording/ignored-words.ts';
import type { Ack } from './interaction-runner.ts';
import { type ListenerDeps, routeOf } from './listener.ts';
import { SUBMITS } from './routes.ts';
import { submitIn, submitOp } from './tracked-interactions.ts';
import { viewOf } from './view-of.ts';

/** Of a modal that is no longer known. */
const TITLE = 'DataSync throttle';

/** Submitted modals. */
export function listenToSubmits(app: App, { bot, runner, tracked }: ListenerDeps): void {
  app.view({ type: 'view_submission', callback_id: /.*/ }, tracked(submitIn), async ({ body, ack, context }) => {
    const answer = (response?: unknown) => runner.acknowledge('submit', ack as Ack, context, response);
    const { payload, words } = runner.parse('submit', submitPayload, body);
    const inPlace = (text: string) => ({ response_action: 'update', view: noticeModal(TITLE, text) });
    if (!payload) return answer(inPlace(words));
    const { view, user } = payload;
    const route = routeOf(SUBMITS, view.callback_id);
    if (!route) {
      runner.ignore('submit', `no route for ${view.callback_id}`);
      return answer(inPlace(IGNORED.unknown));
    }
    const say = (message: MessageView | string) => sendDirectMessage(bot, user.id, message);
    const modal = openModalSeal(bot, view.private_metadata, user.id);
    const request = modal?.r;
    const caller = runner.callerOf(user.id, submitOp(view), { trigger: payload.trigger_id, request, say });
    const submit = { form: view, title: route.title, doing: route.doing, ack: answer };
    const kind = `submit ${view.callback_id}`;
    const work = () =>
      runner.unlessLogLost(view.callback_id, route.doing, () => route.handle(bot, caller, viewOf(view)));
    const refuse = async (words: string, passing: boolean) =>
      passing ? refilledFormAnswer(route.title, words) : noticeAnswer(route.title, words);
    // A form that is sent again has another trigger; a repeat of the same sending has the same.
    const counts = { use: payload.trigger_id ? `view:${payload.trigger_id}` : caller.op, channel: modal?.c || null };
    await runner.run(kind, route.doing, caller, () =>
      answerSubmit(bot, caller, submit, () => runner.ifAdmitted(kind, caller, { ...route, counts }, work, refuse)),
    );
  });
  app.view({ type: 'view_closed', callback_id: /.*/ }, ({ ack }) => ack());
}
