import { nameable } from '../../workflow/known-people.ts';
import { speedUnderLimit } from '../../workflow/measured-rates.ts';
import { previewThrottle } from '../../workflow/preview-throttle.ts';
import type { Bot, Caller } from '../bot.ts';
import type { Command } from '../command-text.ts';
import { refusedWords } from '../named.ts';
import { previewMessage } from '../views/preview.ts';
import { cannotPostWords } from '../words.ts';

/** `why <arn> <rate> [for <duration> | until <time>]`: what would come of asking; nothing is recorded. */
export async function showPreview(bot: Bot, caller: Caller, command: Extract<Command, { kind: 'why' }>): Promise<void> {
  const { user } = caller;
  const { execution, rate, durationSeconds, until, reason } = command;
  const ask = { user, channel: caller.channel ?? '', execution, rate, durationSeconds, until, reason };
  const preview = await previewThrottle(bot, ask);
  switch (preview.kind) {
    case 'would-ask': {
      const speed = speedUnderLimit(bot.rates, preview.execution, preview.running !== null);
      const approvers = await nameable(bot.people, preview.rule.approvers, { user });
      return caller.say(previewMessage({ preview, approvers, user, speed, now: bot.clock.now() }));
    }
    case 'refused':
      return caller.say(`${ASKED_NOW}\n${(await refusedWords(bot, user, preview.refusal, preview.other)).text}`);
    case 'cannot-post':
      return caller.say(`${ASKED_NOW}\n${cannotPostWords(preview.why, bot.identity.botUser).text}`);
  }
}

const ASKED_NOW = '*If you asked now, you would be refused*; nothing is recorded by this.';
