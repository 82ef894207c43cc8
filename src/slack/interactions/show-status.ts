import { hasPlace } from '../../domain/private-request.ts';
import { executionStatus } from '../../workflow/execution-status.ts';
import { OUTSIDER } from '../access-words.ts';
import { type Bot, type Caller, sealExecution } from '../bot.ts';
import type { Command } from '../command-text.ts';
import { linkOf } from '../links.ts';
import { refusalWords } from '../refusal-words.ts';
import { executionStatusMessage } from '../views/execution-status.ts';

/** `status <arn>`: one execution in full. */
export async function showStatus(
  bot: Bot,
  caller: Caller,
  { execution }: Extract<Command, { kind: 'status' }>,
): Promise<void> {
  const { user, channel } = caller;
  const status = await bot.lookUps.run('asked', `status ${user} ${channel} ${execution.arn}`, () =>
    executionStatus(bot, { user, channel, execution }),
  );
  switch (status.kind) {
    case 'no-member':
      return caller.say(OUTSIDER);
    case 'not-named': {
      const { account, region } = execution;
      return caller.say(refusalWords({ why: 'no-rule', account, region, elsewhere: [] }).text);
    }
    case 'status': {
      const card = status.open && hasPlace(status.open) ? await linkOf(bot, status.open.id) : null;
      const throttle = status.mayAsk ? sealExecution(bot, execution.arn) : null;
      return caller.say(
        executionStatusMessage({ status, card, throttle, lost: bot.audit.lost() !== null, now: bot.clock.now() }),
      );
    }
  }
}
