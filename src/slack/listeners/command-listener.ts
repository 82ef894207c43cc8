import type { App } from '@slack/bolt';
import { parseCommand } from '../command-text/command-text.ts';
import { commandPayload } from '../connection/payloads.ts';
import { replyPrivately } from '../replies/private-replies.ts';
import { createTimelyReply } from '../replies/timely-reply.ts';
import type { Ack } from './interaction-runner.ts';
import type { ListenerDeps } from './listener.ts';
import { COMMANDS, runCommand } from './routes.ts';
import { commandIn } from './tracked-interactions.ts';

/** The slash command: acknowledged at once, answered through its response URL. */
export function listenToCommands(app: App, { bot, runner, isRepeat, tracked }: ListenerDeps): void {
  app.command(/.*/, tracked(commandIn), async ({ body, ack, context }) => {
    const { payload, words } = runner.parse('command', commandPayload, body);
    if (!payload) {
      return runner.acknowledge('command', ack as Ack, context, { response_type: 'ephemeral', text: words });
    }
    await runner.acknowledge('command', ack as Ack, context);
    const op = `command:${payload.trigger_id}`;
    if (isRepeat(op)) return runner.ignore('command', 'the same again');
    const reply = createTimelyReply(
      (message) => replyPrivately(bot, payload.user_id, payload.response_url, message),
      bot.log,
    );
    const command = parseCommand(payload.text);
    const caller = runner.callerOf(payload.user_id, op, {
      trigger: payload.trigger_id,
      channel: payload.channel_id,
      say: reply.say,
      execution: 'target' in command && command.target?.kind === 'arn' ? command.target.execution.arn : null,
    });
    const route = COMMANDS[command.kind];
    const { doing } = route;
    const kind = `command ${command.kind}`;
    const access = { ...route, counts: { use: op, channel: payload.channel_id } };
    const work = () => runner.unlessLogLost(command.kind, doing, () => runCommand(bot, caller, command));
    // A modal is an answer of its own.
    const silent = command.kind === 'open-modal';
    await runner.run(kind, doing, caller, () =>
      reply.during(runner.ifAdmitted(kind, caller, access, work, caller.say), silent),
    );
  });
}
