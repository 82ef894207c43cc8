import { context, section } from '../text/blocks.ts';
import type { MessageView } from '../text/text.ts';

const COMMAND = '/datasync-throttle';

const COMMANDS: readonly (readonly [typed: string, does: string])[] = [
  ['&lt;execution arn&gt; &lt;rate&gt; [for &lt;duration&gt; | until &lt;time&gt;] [reason]', 'asks for a limit'],
  ['', 'opens the form: running and queued executions to choose from'],
  ['&lt;execution arn&gt;', 'opens the form for that execution'],
  ['list', 'what runs or is queued: progress, limit, measured speed, time left'],
  ['status &lt;execution arn&gt;', 'one execution in full'],
  [
    'why &lt;execution arn&gt; &lt;rate&gt; [for &lt;duration&gt; | until &lt;time&gt;]',
    'what would come of asking: the rule, who must agree, time left before and after',
  ],
  ['undo &lt;request id&gt;', 'ends the limit of that request early; from others it is a request'],
  ['requests', 'open requests, those that you can decide first'],
  ['audit [&lt;request id&gt; | &lt;arn&gt; | @user] [since &lt;duration&gt;]', 'what happened, newest first'],
  ['audit verify', 'whether the log is whole and nobody changed it'],
  ['audit export [since &lt;duration&gt;]', 'the log as a file, to your direct messages'],
  ['help', 'this'],
];

/** The commands that the bot accepts. */
export function helpMessage(): MessageView {
  const commands = COMMANDS.map(([typed, does]) => `\`${`${COMMAND} ${typed}`.trim()}\` ${does}`);
  const arn = 'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0/execution/exec-0123456789abcdef0';
  return {
    text: `Ask for another bandwidth limit on a running DataSync transfer: ${COMMAND} &lt;execution arn&gt; &lt;rate&gt; [for &lt;duration&gt; | until &lt;time&gt;] [reason]. Alone, ${COMMAND} opens a form.`,
    blocks: [
      section('*Ask for another bandwidth limit on a running DataSync transfer*'),
      section(commands.join('\n')),
      section(`For example:\n\`${COMMAND} ${arn} 50MiB/s for 2h cutover\``),
      section(
        '*Rates*: `50MiB/s` or `50MB/s` (1 MB = 1,048,576 bytes), `400Mbit/s`, `50%` of the limit in force, `unlimited`, or bytes per second as a number, from 1 MiB/s.\n*Durations*: `30m`, `2h`, `1d`, `1h30m`. *Times*, on your own clock: `until 18:00`, `until tomorrow 06:00`, `until 2026-12-01 06:00`.\nA reason that has a time or a rate in it goes in quotes.',
      ),
      context(
        'A limit holds for one run only. With a duration or a time it goes back to the rate from before when that is over, if nobody has changed it since.',
      ),
    ],
  };
}
