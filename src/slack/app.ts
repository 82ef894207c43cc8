import { App, type Receiver, type StringIndexed } from '@slack/bolt';
import type { z } from 'zod';
import { boltLogger } from '../log.ts';
import { type AccessCheck, checkAccess } from './access-check.ts';
import { misaddressed } from './addressee.ts';
import { type Bot, type Caller, type Click, openModalSeal, openRequestSeal } from './bot.ts';
import { parseCommand } from './command-text.ts';
import { createDedupe } from './dedupe.ts';
import { replyPrivately, replyWithFault, sendDirectMessage } from './error-replies.ts';
import { IGNORED } from './ignored-words.ts';
import type { Interaction, InteractionTracker } from './interaction-tracker.ts';
import {
  actionPayload,
  answerablePayload,
  commandPayload,
  homePayload,
  submitPayload,
  suggestionPayload,
} from './payloads.ts';
import { reply } from './reply.ts';
import type { Doing } from './reply-words.ts';
import { ACTIONS, COMMANDS, SUBMITS, SUGGESTIONS } from './routes.ts';
import { answerSubmit, noticeAnswer, refilledFormAnswer } from './submit-answer.ts';
import { firstWord, withTimeout } from './timely-reply.ts';
import { clickIn, commandIn, submitIn, submitOp } from './tracked-interactions.ts';
import { viewOf } from './view-of.ts';
import { noticeModal } from './views/notices.ts';
import { unknownOption } from './views/request-modal.ts';
import type { MessageView } from './views/text.ts';

export interface SlackAppOptions {
  bot: Bot;
  receiver: Receiver;
  unfinished: Pick<InteractionTracker, 'begin'>;
  token: string;
  onInteraction: (kind: string, outcome: 'done' | 'fault' | 'ignored') => void;
  onAck: (kind: string, seconds: number) => void;
}

const SUGGESTIONS_DUE_MS = 2500;
/** Of a modal that is no longer known. */
const TITLE = 'DataSync throttle';

type Ack = (answer?: unknown) => Promise<void>;

type Taken<T> = { payload: T; words?: never } | { payload: null; words: string };

/**
 * Bolt, one listener a kind, and the one error door. What is not for this app and workspace, can't be read or has no route
 * is answered with words and logged; the same again is acknowledged and nothing more.
 */
export function createSlackApp({ bot, receiver, unfinished, token, onInteraction, onAck }: SlackAppOptions): App {
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
  const seen = createDedupe();

  /** Runs what follows an ack, counted, and tracked for an orderly stop. */
  async function run(kind: string, doing: Doing, caller: Caller, work: () => Promise<void>): Promise<void> {
    const task = work().then(
      () => onInteraction(kind, 'done'),
      async (fault: unknown) => {
        onInteraction(kind, 'fault');
        await replyWithFault(fault, doing, (text) => caller.say(text), caller);
      },
    );
    bot.background(task);
    await task;
  }

  /** While the log is lost, what is stored here is no answer to anybody: not for who asks or decides, nor of open requests. */
  function honest<T>(kind: string, doing: Doing, work: () => Promise<T>): Promise<T> {
    const needsLog = kind === 'requests' || (doing !== 'looking' && kind !== 'not-understood');
    const lost = needsLog ? bot.audit.lost() : null;
    return lost ? Promise.reject(lost) : work();
  }

  /** The person before everything else: nobody else's handler runs, and `refuse` tells them why. */
  async function admitted<T>(
    kind: string,
    caller: Caller,
    { viewers = false, counts = null }: { viewers?: boolean; counts?: AccessCheck['counts'] },
    work: () => Promise<T>,
    refuse: (words: string, passing: boolean) => Promise<T>,
  ): Promise<T> {
    const away = await checkAccess(bot, caller, { what: kind, viewers, counts });
    return away === null ? work() : refuse(away.text, away.passing);
  }

  function ignore(kind: string, why: string): void {
    onInteraction(kind, 'ignored');
    log.warn({ kind, why }, 'interaction ignored');
  }

  /** Parses what came; where it can't be read, or is for another app or workspace, what its person is told instead. */
  function ours<T extends Parameters<typeof misaddressed>[0]>(
    kind: string,
    schema: z.ZodType<T>,
    body: unknown,
  ): Taken<T> {
    const parsed = schema.safeParse(body);
    const why = parsed.success ? misaddressed(parsed.data, identity) : 'unreadable';
    if (parsed.success && why === null) return { payload: parsed.data };
    ignore(kind, why ?? 'unreadable');
    return { payload: null, words: IGNORED[why ?? 'unreadable'] };
  }

  /** Tells the person of a click that it came to nothing. */
  async function sayDropped(body: unknown, words: string): Promise<void> {
    const { data } = answerablePayload.safeParse(body);
    if (!data) return;
    const said = replyPrivately(bot, data.user.id, data.response_url, words);
    bot.background(said);
    await said.catch((err: unknown) => log.warn({ err, user: data.user.id }, 'nobody heard that it came to nothing'));
  }

  function callerOf(
    user: string,
    op: string,
    more: {
      trigger?: string | undefined;
      channel?: string | undefined;
      /** Which request it is about, where that is known by now. */
      request?: string | null | undefined;
      execution?: string | null | undefined;
      say: Caller['say'];
    },
  ): Caller {
    const { trigger = null, channel = null, request = null, execution = null, say } = more;
    const about = { request, execution };
    return {
      user,
      op,
      triggerId: trigger,
      channel,
      about,
      say,
      log: log.child({ user, op, ...(request && { request }) }),
    };
  }

  /** On record from before the ack until all of it is done. */
  function onRecord(read: (body: unknown) => Interaction | null) {
    return async ({ body, next }: { body: unknown; next: () => Promise<void> }): Promise<void> => {
      const interaction = read(body);
      const end = interaction && (await unfinished.begin(interaction));
      await next().finally(() => end?.());
    };
  }

  app.command(/.*/, onRecord(commandIn), async ({ body, ack, context }) => {
    const began = arrivalOf(context);
    const { payload, words } = ours('command', commandPayload, body);
    if (!payload) return acked('command', ack as Ack, began, { response_type: 'ephemeral', text: words });
    await acked('command', ack as Ack, began);
    const op = `command:${payload.trigger_id}`;
    if (seen(op)) return ignore('command', 'the same again');
    const word = firstWord((message) => replyPrivately(bot, payload.user_id, payload.response_url, message), log);
    const command = parseCommand(payload.text);
    const caller = callerOf(payload.user_id, op, {
      ...{ trigger: payload.trigger_id, channel: payload.channel_id, say: word.say },
      execution: 'execution' in command ? command.execution?.arn : null,
    });
    const route = COMMANDS[command.kind] as {
      doing: Doing;
      viewers?: true;
      handle: (...args: [Bot, Caller, unknown]) => Promise<void>;
    };
    const { doing, handle } = route;
    const kind = `command ${command.kind}`;
    const work = () => honest(command.kind, doing, () => handle(bot, caller, command));
    const opensModal = command.kind === 'open-modal';
    const door = { ...route, counts: { use: op, channel: payload.channel_id } };
    await run(kind, doing, caller, () => word.due(admitted(kind, caller, door, work, caller.say), opensModal));
  });

  app.action(/.*/, onRecord(clickIn), async ({ body, ack, context }) => {
    await acked('action', ack as Ack, arrivalOf(context));
    const { payload, words } = ours('action', actionPayload, body);
    if (!payload) return sayDropped(body, words);
    const [action] = payload.actions;
    const op = `action:${payload.trigger_id}`;
    if (seen(op)) return ignore('action', 'the same again');
    const route = own(ACTIONS, action.action_id);
    if (!route) {
      ignore('action', `no route for ${action.action_id}`);
      return sayDropped(body, IGNORED.unknown);
    }
    const say = (message: MessageView | string) => replyPrivately(bot, payload.user.id, payload.response_url, message);
    const channel = payload.channel?.id;
    const value = action.selected_option?.value ?? action.value ?? '';
    const request = openRequestSeal(bot, value);
    const caller = callerOf(payload.user.id, op, { trigger: payload.trigger_id, channel, request, say });
    const click: Click = {
      value,
      message: channel && payload.message ? { channel, ts: payload.message.ts } : null,
      view: payload.view ? viewOf(payload.view) : null,
      replace: payload.response_url ? (message) => reply(payload.response_url ?? '', message, true) : null,
    };
    const kind = `action ${action.action_id}`;
    const work = () => honest(action.action_id, route.doing, () => route.handle(bot, caller, click));
    await run(kind, route.doing, caller, () => admitted(kind, caller, route, work, caller.say));
  });

  app.view({ type: 'view_submission', callback_id: /.*/ }, onRecord(submitIn), async ({ body, ack, context }) => {
    const began = arrivalOf(context);
    const { payload, words } = ours('submit', submitPayload, body);
    const inPlace = (text: string) => ({ response_action: 'update', view: noticeModal(TITLE, text) });
    if (!payload) return acked('submit', ack as Ack, began, inPlace(words));
    const { view, user } = payload;
    const route = own(SUBMITS, view.callback_id);
    if (!route) {
      ignore('submit', `no route for ${view.callback_id}`);
      return acked('submit', ack as Ack, began, inPlace(IGNORED.unknown));
    }
    const say = (message: MessageView | string) => sendDirectMessage(bot, user.id, message);
    const modal = openModalSeal(bot, view.private_metadata, user.id);
    const request = modal?.r;
    const caller = callerOf(user.id, submitOp(view), { trigger: payload.trigger_id, request, say });
    const answer = (response?: unknown) => acked('submit', ack as Ack, began, response);
    const ask = { form: view, title: route.title, doing: route.doing, ack: answer };
    const kind = `submit ${view.callback_id}`;
    const work = () => honest(view.callback_id, route.doing, () => route.handle(bot, caller, viewOf(view)));
    const refuse = async (words: string, passing: boolean) =>
      passing ? refilledFormAnswer(route.title, words) : noticeAnswer(route.title, words);
    // A form that is sent again has another trigger; a repeat of the same sending has the same.
    const counts = { use: payload.trigger_id ? `view:${payload.trigger_id}` : caller.op, channel: modal?.c || null };
    await run(kind, route.doing, caller, () =>
      answerSubmit(bot, caller, ask, () => admitted(kind, caller, { ...route, counts }, work, refuse)),
    );
  });

  app.options(/.*/, async ({ body, ack, context }) => {
    const began = arrivalOf(context);
    const { payload } = ours('suggestion', suggestionPayload, body);
    const route = payload && own(SUGGESTIONS, payload.action_id);
    const metadata = payload?.view?.private_metadata;
    if (!route || metadata === undefined) return acked('suggestion', ack as Ack, began, { options: [] });
    // Typed on and on in one form, a refusal is one record.
    const op = `suggestion:${payload.view?.id}:${payload.user.id}`;
    const caller = callerOf(payload.user.id, op, { say: async () => {} });
    const work = () => route.handle(bot, caller, { metadata, query: payload.value });
    const look = admitted('suggestion', caller, route, work, async () => []).catch((err: unknown) => {
      caller.log.warn({ err }, 'no suggestions');
      return [unknownOption()];
    });
    const options = await withTimeout(look, SUGGESTIONS_DUE_MS, [unknownOption()]);
    onInteraction('suggestion', 'done');
    await acked('suggestion', ack as Ack, began, { options });
  });

  app.event('app_home_opened', async ({ body }) => {
    const { payload } = ours('home', homePayload, body);
    // The Messages tab says so too.
    if (payload?.event.tab !== 'home') return;
    const { user } = payload.event;
    // The tab itself says why it is empty, and follows; here the attempt is put on record, once an hour.
    const caller = callerOf(user, `home:${user}:${bot.clock.now().toISOString().slice(0, 13)}`, {
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

  app.view({ type: 'view_closed', callback_id: /.*/ }, ({ ack }) => ack());
  app.error(async (fault) => {
    log.error({ err: fault }, 'Bolt could not handle something');
  });

  async function acked(kind: string, ack: Ack, began: number, answer?: unknown): Promise<void> {
    await (answer === undefined ? ack() : ack(answer));
    onAck(kind, (performance.now() - began) / 1000);
  }
  return app;
}

/** When an interaction came in, as its receiver noted. */
function arrivalOf(context: StringIndexed): number {
  const { arrivedAt } = context;
  return typeof arrivedAt === 'number' ? arrivedAt : performance.now();
}

/** The ids come from outside: `constructor` is no route. */
function own<T>(table: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(table, id) ? table[id] : undefined;
}
