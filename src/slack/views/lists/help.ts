import {
  allUsages,
  REQUEST_USAGES,
  TARGETS,
  WORD_COMMANDS,
  type WordCommand,
} from '../../command-text/command-table.ts';
import { COMMAND, EXAMPLES } from '../../command-text/not-understood.ts';
import { context, section } from '../text/blocks.ts';
import { code, escapeText, type MessageView } from '../text/text.ts';

/** The commands that the bot accepts. */
export function helpMessage(words: readonly WordCommand[] = WORD_COMMANDS): MessageView {
  const commands = allUsages(words).map(({ syntax, does }) => `${code(`${COMMAND} ${syntax}`.trim())} ${does}`);
  const [request] = REQUEST_USAGES;
  return {
    text: `Request a bandwidth limit for a running DataSync transfer: ${escapeText(`${COMMAND} ${request?.syntax ?? ''}`)}. Alone, ${COMMAND} opens a form.`,
    blocks: [
      section('*Request a bandwidth limit for a running DataSync transfer*'),
      section(commands.join('\n')),
      section(`*Targets*: ${TARGETS}.\nFor example: ${code(EXAMPLES.ask)}`),
      section(
        '*Rates*: `50MiB/s` or `50MB/s` (1 MB = 1,048,576 bytes), `400Mbit/s`, `50%` of the limit in force, `unlimited`, or bytes per second as a number, from 1 MiB/s.\n*Durations*: `30m`, `2h`, `1d`, `1h30m`. *Times*, on your own clock: `until 18:00`, `until tomorrow 06:00`, `until 2026-12-01 06:00`.\nA reason that has a time or a rate in it goes in quotes.',
      ),
      context(
        'A limit holds for one run only. With a duration or a time it goes back to the rate from before when that is over, if nobody has changed it since.',
      ),
    ],
  };
}
