import type { RequestThrottleDeps } from '../../../workflow/commands/consider-request.ts';
import { requestThrottle } from '../../../workflow/commands/request-throttle.ts';
import type { Command, Located } from '../../command-text/command.ts';
import type { Caller } from '../../context/interaction.ts';
import { type RequestOutcomeDeps, requestOutcomeWords } from '../../replies/request-outcome-words.ts';

/** `<arn> <rate> [for <duration> | until <time>] [reason…]` */
export async function requestByCommand(
  deps: RequestThrottleDeps & RequestOutcomeDeps,
  caller: Caller,
  command: Located<Extract<Command, { kind: 'ask' }>>,
): Promise<void> {
  const { user, op, channel } = caller;
  const { execution, rate, durationSeconds, until, reason } = command;
  const ask = { user, op, channel: channel ?? '', execution, rate, durationSeconds, until, reason };
  const asked = await requestThrottle(deps, ask);
  await caller.say((await requestOutcomeWords(deps, user, asked)).text);
}
