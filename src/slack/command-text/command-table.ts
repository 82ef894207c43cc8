import type { Command } from './command.ts';
import { parseAudit } from './command-audit.ts';
import { parseStatus, parseUndo, parseWhy } from './command-request.ts';
import { COMMAND, notUnderstood, restOf } from './not-understood.ts';
import type { Word } from './typed-words.ts';

/** One way to use a command, as help and README show it. */
export interface Usage {
  /** What is typed after the command's own word. */
  syntax: string;
  does: string;
}

/** A command that begins with a word of its own. */
export interface WordCommand {
  /** In lower case. */
  word: string;
  usages: readonly Usage[];
  /** Reads what follows the word. `text`: all that was typed. */
  parse: (text: string, words: readonly Word[]) => Command;
}

/** What is typed without such a word. */
export const REQUEST_USAGES: readonly Usage[] = [
  { syntax: '<target> <rate> [for <duration> | until <time>] [reason]', does: 'requests a bandwidth limit' },
  { syntax: '', does: 'opens the request form, with the running and queued executions to choose from' },
  { syntax: '<target>', does: 'opens the request form for that execution' },
];

/** What a target can be. */
export const TARGETS =
  'the ARN or id of a task execution, the id or name of a task (in quotes if it has spaces), or the address of its page in the AWS console';

/** Every command with a word of its own. The parser, the help, the refusals, the usage hint in Slack and the README read it. */
export const WORD_COMMANDS: readonly WordCommand[] = [
  {
    word: 'list',
    usages: [
      {
        syntax: '',
        does: 'links with their capacity, and running and queued executions: progress, limit, measured rate, time left',
      },
    ],
    parse: alone({ kind: 'list' }, 'list'),
  },
  {
    word: 'status',
    usages: [
      { syntax: '<target>', does: 'one execution in full' },
      { syntax: '<link>', does: 'one link of the policy file: its capacity now, why, its next change, its week' },
    ],
    parse: parseStatus,
  },
  {
    word: 'requests',
    usages: [{ syntax: '', does: 'open requests, those that you can decide first' }],
    parse: alone({ kind: 'requests' }, 'requests'),
  },
  {
    word: 'why',
    usages: [
      {
        syntax: '<target> <rate> [for <duration> | until <time>]',
        does: 'previews a request: the rule, the approvals needed, time left before and after. Nothing is recorded',
      },
      {
        syntax: '<link> <rate> for <duration> | until <time>',
        does: 'previews another capacity for a link: the rule, the approvals needed, its next change',
      },
    ],
    parse: parseWhy,
  },
  {
    word: 'undo',
    usages: [{ syntax: '<request id>', does: 'ends the limit of that request early; from others it is a request' }],
    parse: parseUndo,
  },
  {
    word: 'audit',
    usages: [
      { syntax: '[<request id> | <arn> | @user] [since <duration>]', does: 'audit records, newest first' },
      { syntax: 'verify', does: 'checks that the audit log is complete and unchanged' },
      { syntax: 'export [since <duration>]', does: 'sends you the audit log as a file' },
    ],
    parse: parseAudit,
  },
  {
    word: 'help',
    usages: [{ syntax: '', does: 'shows this' }],
    parse: () => ({ kind: 'help' }),
  },
];

function alone(command: Command, word: string): WordCommand['parse'] {
  return (text, rest) =>
    rest.length === 0
      ? command
      : notUnderstood(restOf(text, rest), 'too-many-words', `write \`${word}\` alone`, `${COMMAND} ${word}`);
}

/** Each usage with all that is typed for it. */
export function allUsages(commands: readonly WordCommand[] = WORD_COMMANDS): Usage[] {
  const worded = commands.flatMap(({ word, usages }) =>
    usages.map(({ syntax, does }) => ({ syntax: `${word} ${syntax}`.trim(), does })),
  );
  return [...REQUEST_USAGES, ...worded];
}

/** The `usage_hint` of the slash command in the app's manifest. */
export function usageHint(commands: readonly WordCommand[] = WORD_COMMANDS): string {
  const [request] = REQUEST_USAGES;
  return `[${[request?.syntax, ...commands.map(({ word }) => word)].join(' | ')}]`;
}
