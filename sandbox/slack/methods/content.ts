import { isObject, type JsonObject, objects, parsed, text } from '../json.ts';
import { checkBlocks } from '../limits/block-limits.ts';
import type { Workspace } from '../workspace.ts';
import { type Answer, badArguments, no } from './answer.ts';

export interface Content {
  readonly text: string;
  readonly blocks: readonly JsonObject[];
}

/** chat.postMessage cuts a text off at 40,000 characters; here that is refused, so that no test lets it pass. */
const longest = 40_000;
/** "The text field cannot exceed 4,000 characters" (chat.update); elsewhere it is what Slack recommends. */
const advised = 4000;
/** Measured by others, not documented: 13,172 to 13,297 characters of blocks pass (slackapi/bolt-js issue 2509). */
const longestBlocks = 13_000;

function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + textLength(one), 0);
  if (!isObject(value)) return 0;
  return Object.values(value).reduce(
    (sum: number, field) => sum + (typeof field === 'string' ? field.length : textLength(field)),
    0,
  );
}

/**
 * The text and blocks of a message if Slack would take them, else its refusal. Refusals about content are kept as
 * breaches, and what Slack merely advises against as warnings.
 */
export function checkedContent(workspace: Workspace, method: string, args: JsonObject): Content | { refusal: Answer } {
  const refused = (refusal: Answer, messages: readonly string[]): { refusal: Answer } => {
    workspace.breach(method, messages);
    return { refusal };
  };
  const sent = typeof args.blocks === 'string' && args.blocks !== '' ? parsed(args.blocks) : (args.blocks ?? []);
  if (sent !== '' && !Array.isArray(sent)) return refused(no('invalid_blocks_format'), ['blocks is no JSON array']);
  const problems = sent === '' ? [] : checkBlocks(sent, 'message');
  if (problems.length > 0) {
    return refused(
      badArguments('invalid_blocks', problems),
      problems.map(({ at, message }) => `${message} [json-pointer:${at}]`),
    );
  }
  const blocks = objects(sent);
  const words = text(args.text);
  if (words === '' && blocks.length === 0) return refused(no('no_text'), ['neither text nor blocks']);
  if (words.length > (method === 'chat.update' ? advised : longest)) {
    return refused(no('msg_too_long'), [`text of ${words.length} characters`]);
  }
  const total = textLength(blocks);
  if (total > longestBlocks) return refused(no('msg_blocks_too_long'), [`blocks of ${total} characters`]);
  if (words === '') workspace.warnings.push({ method, messages: ['no text that stands alone'] });
  if (words.length > advised) workspace.warnings.push({ method, messages: [`text of ${words.length} characters`] });
  return { text: words, blocks: workspace.stored(blocks) };
}
