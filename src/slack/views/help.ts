import { context, section } from './blocks.ts';
import type { MessageView } from './text.ts';

const COMMAND = '/datasync-throttle';

const COMMANDS: readonly (readonly [typed: string, does: string])[] = [
  ['&lt;execution arn&gt; &lt;rate&gt; [for &lt;duration&gt;] [reason]', 'asks for a limit'],
  ['', 'opens the form: running and queued executions to choose from'],
  ['&lt;execution arn&gt;', 'opens the form for that execution'],
  ['requests', 'open requests, those that you can decide first'],
  ['audit [&lt;request id&gt; | &lt;arn&gt; | @user] [since &lt;duration&gt;]', 'what happened, newest first'],
  ['help', 'this'],
];

/** What can be said to the bot. */
export function helpMessage(): MessageView {
  const commands = COMMANDS.map(([typed, does]) => `\`${`${COMMAND} ${typed}`.trim()}\` ${does}`);
  const arn = 'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0/execution/exec-0123456789abcdef0';
  return {
    text: `Ask for another bandwidth limit on a running DataSync transfer: ${COMMAND} &lt;execution arn&gt; &lt;rate&gt; [for &lt;duration&gt;] [reason]. Alone, ${COMMAND} opens a form.`,
    blocks: [
      section('*Ask for another bandwidth limit on a running DataSync transfer*'),
      section(commands.join('\n')),
      section(`For example:\n\`${COMMAND} ${arn} 50MiB/s for 2h cutover\``),
      section(
        '*Rates*: `50MiB/s` or `50MB/s` (1 MB = 1,048,576 bytes), `400Mbit/s`, `50%` of the limit in force, `unlimited`, or bytes per second as a number.\n*Durations*: `30m`, `2h`, `1d`, `1h30m`.',
      ),
      context(
        'A limit holds for one run only. A duration is kept with the request, but nothing lifts the limit by itself yet.',
      ),
    ],
  };
}
