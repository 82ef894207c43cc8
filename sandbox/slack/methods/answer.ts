import type { JsonObject } from '../json.ts';
import type { BlockProblem } from '../limits/shape-check.ts';

/** What a Web API method answers: `ok` and what Slack sends with it. */
export type Answer = JsonObject & { readonly ok: boolean };

export const yes = (fields: JsonObject = {}): Answer => ({ ok: true, ...fields });

/** A refusal in Slack's own name for it. */
export const no = (error: string, fields: JsonObject = {}): Answer => ({ ok: false, error, ...fields });

/** A refusal because of arguments, each fault with its JSON pointer. `errors` comes with messages alone. */
export function badArguments(error: 'invalid_blocks' | 'invalid_arguments', problems: readonly BlockProblem[]): Answer {
  const lines = problems.map(({ at, message }) => `${message} [json-pointer:${at}]`);
  return no(error, {
    ...(error === 'invalid_blocks' ? { errors: lines } : {}),
    response_metadata: { messages: lines.map((line) => `[ERROR] ${line}`) },
  });
}
