import type { Command } from './command.ts';
import { parseAsk, typedAs } from './command-request.ts';
import { WORD_COMMANDS, type WordCommand } from './command-table.ts';
import { EXAMPLES, notUnderstood, ONE_TARGET, refused } from './not-understood.ts';
import { takeTarget } from './typed-target.ts';
import { bare, closingQuote, type Word, wordsOf } from './typed-words.ts';

/**
 * Reads the text of the slash command, as Slack sends it with `should_escape`. Never throws. A word of the table comes first,
 * unless it is in quotes; then a target. No text, or a target alone, opens the form; a target and a rate make a request.
 */
export function parseCommand(text: string, commands: readonly WordCommand[] = WORD_COMMANDS): Command {
  const words = wordsOf(text);
  const [first, ...rest] = words;
  if (first === undefined) return { kind: 'open-modal', target: null, after: '' };
  const word = bare(first.text).toLowerCase();
  const known = closingQuote(first.text) === null && commands.find((one) => one.word === word);
  if (known) return known.parse(text, rest);
  const typed = takeTarget(text, words);
  if (!typed?.isTarget) return unknownWord(first, commands);
  if (!typed.target.ok) return refused(typed.target.problem, EXAMPLES.ask);
  const target = typed.target.value;
  if (typed.rest.length === 0) return { kind: 'open-modal', target, after: '' };
  return parseAsk(text, target, typedAs(text, words, typed.rest), typed.rest);
}

function unknownWord(first: Word, commands: readonly WordCommand[]): Command {
  const words = commands.map(({ word }) => `\`${word}\``).join(', ');
  const expected = `write ${ONE_TARGET} and a rate, or one of the words ${words}`;
  return notUnderstood(first.text, 'unknown-word', expected, EXAMPLES.ask);
}
