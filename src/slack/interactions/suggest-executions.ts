import type { PlainTextOption } from '@slack/types';
import { listExecutions } from '../../workflow/list-executions.ts';
import { type Bot, type Caller, openModalSeal } from '../bot.ts';
import { executionOption, unknownOption } from '../views/request-modal.ts';

/** Slack takes 100 options at most. */
const MOST = 100;

/** The searchable list of running and queued executions. */
export async function suggestExecutions(
  bot: Bot,
  caller: Caller,
  { metadata, query }: { metadata: string; query: string },
): Promise<PlainTextOption[]> {
  const modal = openModalSeal(bot, metadata, caller.user);
  if (!modal) {
    // A list of options has no room for words; the form says so when it is sent.
    caller.log.warn('a list of a form whose id does not open');
    return [];
  }
  const ask = { user: caller.user, channel: modal.c, query };
  const listed = () => listExecutions(bot, ask);
  const { executions, unknown } = await bot.lookUps.run('typing', `suggest ${JSON.stringify(ask)}`, listed);
  if (executions.length === 0 && unknown) return [unknownOption()];
  return executions.slice(0, MOST).map(executionOption);
}
