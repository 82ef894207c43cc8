import { parseExecutionArn } from '../../domain/task-execution.ts';
import { listRunning } from '../../workflow/list-running.ts';
import { OUTSIDER } from '../access-words.ts';
import { type Bot, type Caller, type Click, openExecutionSeal, openPageSeal, sealExecution, sealPage } from '../bot.ts';
import { replyInvalidButton } from '../invalid-seal-replies.ts';
import { executionList, PAGE_SIZE } from '../views/execution-list.ts';
import type { MessageView } from '../views/text.ts';
import { openRequestModal } from './open-request-modal.ts';

/** A person who asked sees something after this long, whatever AWS does. */
const FIRST_MS = 1500;
/** And the rest within five seconds in all. */
const REST_MS = 2600;

/** `list`: what is known at once, and, where that was not all, the rest. */
export async function listExecutions(bot: Bot, caller: Caller): Promise<void> {
  await show(bot, caller, 0, (message) => caller.say(message));
}

/** `Refresh`, `Next`, `Back`: the same message shows another page. */
export async function turnPage(bot: Bot, caller: Caller, click: Click): Promise<void> {
  const from = openPageSeal(bot, click.value);
  if (from === null) return replyInvalidButton(caller);
  await show(bot, caller, from, click.replace ?? ((message) => caller.say(message)));
}

/** `Throttle…` beside an execution: the form, with that execution in it. */
export async function throttleListed(bot: Bot, caller: Caller, click: Click): Promise<void> {
  const execution = parseExecutionArn(openExecutionSeal(bot, click.value) ?? '');
  if (!execution.ok) return replyInvalidButton(caller);
  await openRequestModal(bot, caller, execution.value);
}

async function show(
  bot: Bot,
  caller: Caller,
  from: number,
  put: (message: MessageView) => Promise<void>,
): Promise<void> {
  const { user, channel } = caller;
  for (const withinMs of [FIRST_MS, REST_MS]) {
    const ask = { user, channel, from, withinMs };
    // The message too is made once for all that share the look: many made in one turn would keep others waiting.
    const listed = await bot.lookUps.run('asked', `list ${JSON.stringify(ask)}`, () => look(bot, ask));
    if (listed === null) return caller.say(OUTSIDER);
    await put(listed.message);
    if (listed.complete) return;
  }
}

/** Null: they may not look. */
async function look(
  bot: Bot,
  ask: { user: string; channel: string | null; from: number; withinMs: number },
): Promise<{ message: MessageView; complete: boolean } | null> {
  const listed = await listRunning(bot, { ...ask, size: PAGE_SIZE });
  if (listed.kind === 'no-member') return null;
  const { running } = listed;
  const message = executionList({
    running,
    final: ask.withinMs === REST_MS,
    lost: bot.audit.lost() !== null,
    now: bot.clock.now(),
    sealExecution: (arn) => sealExecution(bot, arn),
    sealPage: (at) => sealPage(bot, at),
  });
  return { message, complete: running.complete };
}
