import type { JsonObject } from '../slack/json.ts';
import type { SlackView } from '../slack/views.ts';
import { blockLines, modalLines } from './block-lines.ts';
import { columnsOf, type Look, paint, styled, wrap } from './ink.ts';
import type { Reader } from './mrkdwn.ts';

/** Something that the play claims did not happen. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

export interface TranscriptOptions {
  write(text: string): void;
  color: boolean;
  /** Of the terminal; more than 100 columns are not used. */
  columns: number;
  reader: Reader;
}

const INDENT = '    ';
const WIDEST = 100;

/** What the audience reads: numbered steps, who says what, and what was checked. */
export function createTranscript({ write, color, columns, reader }: TranscriptOptions) {
  const width = Math.max(60, Math.min(columns, WIDEST)) - INDENT.length;
  let step = 0;
  let checks = 0;

  const print = (line: string) => write(`${paint(line, color)}\n`);
  const indented = (line: string) => print(INDENT + line);
  const hanging = (first: string, rest: string) => {
    const indent = columnsOf(first);
    wrap(rest, width - indent).forEach((line, index) => {
      indented((index === 0 ? first : ' '.repeat(indent)) + line);
    });
  };

  return {
    width,
    line: (text = '') => print(text),
    /** Plain words, indented and wrapped. */
    words: (text: string, ...looks: Look[]) => wrap(styled(text, ...looks), width).forEach(indented),
    /** A label and what it stands for, in a column. */
    fact: (label: string, text: string, ...looks: Look[]) =>
      hanging(styled(label.padEnd(9), 'bold'), styled(text, ...looks)),
    lines: (lines: readonly string[]) => lines.forEach(indented),

    /**
     * One step: its title, what `play` prints, and an empty line.
     * @throws StepFailed with the step's number and title where `play` throws
     */
    async step<T>(title: string, play: () => Promise<T> | T): Promise<T> {
      step += 1;
      print(styled(`${String(step).padStart(2)}  ${title}`, 'bold'));
      try {
        const result = await play();
        print('');
        return result;
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new StepFailed(`Step ${step} (${title}) failed: ${why}`, { cause });
      }
    },

    /** A claim that is checked here and now. @throws StepFailed where it does not hold */
    check(claim: string, holds: boolean): void {
      hanging(styled(holds ? '✓ ' : '✗ ', holds ? 'good' : 'bad'), styled(claim, holds ? 'dim' : 'bad'));
      if (!holds) throw new StepFailed(`this does not hold: ${claim}`);
      checks += 1;
    },
    checks: () => checks,

    /** Somebody types, presses or picks something. */
    does: (who: string, what: string) => hanging(`${styled(who, 'bold', 'warm')} › `, what),

    /** A command in a shell. */
    runs: (command: string) => hanging(styled('$ ', 'warm'), styled(command, 'bold')),

    /** A message, rendered from the blocks that the bot sent. */
    message(where: string, shown: { readonly blocks?: readonly JsonObject[]; readonly text: string }): void {
      indented(styled(where, 'dim'));
      const blocks = shown.blocks ?? [{ type: 'section', text: { type: 'mrkdwn', text: shown.text } }];
      for (const line of blockLines(blocks, reader, width - 2)) indented(styled('┃ ', 'mention') + line);
    },
    modal: (view: SlackView) => modalLines(view, reader, width).forEach(indented),
  };
}

export type Transcript = ReturnType<typeof createTranscript>;
