import type { RequestThrottleDeps } from '../../../workflow/commands/consider-request.ts';
import { previewThrottle } from '../../../workflow/commands/preview-throttle.ts';
import { nameable } from '../../../workflow/people/known-people.ts';
import { type MeasuredRates, speedUnderLimit } from '../../../workflow/queries/measured-rates.ts';
import type { Command, Located } from '../../command-text/command.ts';
import type { Identity } from '../../connection/identify.ts';
import type { Caller } from '../../context/interaction.ts';
import { type RefusalReplyDeps, refusalReply } from '../../replies/refusal-replies.ts';
import { previewMessage } from '../../views/lists/preview.ts';
import { cannotPostWords } from '../../wording/reply-words.ts';

type Deps = RequestThrottleDeps & RefusalReplyDeps & { rates: MeasuredRates; identity: Identity };

/** `why <arn> <rate> [for <duration> | until <time>]`: what would come of asking; nothing is recorded. */
export async function showPreview(
  deps: Deps,
  caller: Caller,
  command: Located<Extract<Command, { kind: 'why' }>>,
): Promise<void> {
  const { user } = caller;
  const { execution, rate, durationSeconds, until, reason } = command;
  const ask = { user, channel: caller.channel ?? '', execution, rate, durationSeconds, until, reason };
  const preview = await previewThrottle(deps, ask);
  switch (preview.kind) {
    case 'would-ask': {
      const speed = speedUnderLimit(deps.rates, preview.execution, preview.run !== null);
      const approvers = await nameable(deps.people, preview.rule.approvers, { user });
      return caller.say(previewMessage({ preview, approvers, user, speed, now: deps.clock.now() }));
    }
    case 'refused':
      return caller.say(`${ASKED_NOW}\n${(await refusalReply(deps, user, preview.refusal, preview.other)).text}`);
    case 'cannot-post':
      return caller.say(`${ASKED_NOW}\n${cannotPostWords(preview.why, deps.identity.botUser).text}`);
  }
}

const ASKED_NOW = '*If you asked now, you would be refused*; nothing is recorded by this.';
