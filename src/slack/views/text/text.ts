import type { KnownBlock } from '@slack/types';

/**
 * Slack's limits, in UTF-16 units or items. Source: docs.slack.dev/reference/block-kit and methods/chat.postMessage.
 */
export const LIMITS = {
  messageBlocks: 50,
  modalBlocks: 100,
  modalTitle: 24,
  section: 3000,
  field: 2000,
  fields: 10,
  header: 150,
  context: 2000,
  contextElements: 10,
  button: 75,
  option: 75,
  optionValue: 150,
  options: 100,
  placeholder: 150,
  confirmText: 300,
  /** For `text` next to blocks: a longer one is of no use to a screen reader or in a notification. */
  fallback: 3000,
} as const;

/**
 * A message for chat.postMessage. `text` is mrkdwn that makes sense without the blocks, for screen readers and
 * notifications.
 */
export interface MessageView {
  text: string;
  blocks: KnownBlock[];
}

/** White space, control characters, characters that change the text direction, and unpaired surrogates. */
const UNSEEN = /[\s\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;
/** Characters that start or end formatting anywhere, and look-alikes that don't. */
const ALIKE: Readonly<Record<string, string>> = { '*': '∗', '~': '∼', '`': 'ˋ', _: 'ˍ' };

/** Text from a person or AWS on one line, without characters that could change what the message seems to say. */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, ' ').trim();
}

/** Escapes Slack's three special characters and nothing else, for our own mrkdwn that may contain a person's words. */
export function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Escapes text from a person or AWS for mrkdwn. All such text goes through here: one line, no mention, no link, no
 * formatting. An underscore inside a word stays, because task names contain them and Slack does not format there.
 */
export function escapeText(text: string): string {
  return entities(oneLine(text))
    .replace(/[*~`]/g, (mark) => ALIKE[mark] ?? '')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, ALIKE._ ?? '');
}

/** Text in code style; a backtick in it can't end it early. */
export function code(text: string): string {
  return `\`${entities(oneLine(text).replaceAll('`', ALIKE['`'] ?? '')) || ' '}\``;
}

/**
 * At most `max` UTF-16 units, with an ellipsis if cut, never inside a character. Clip before escaping: it does not know
 * entities.
 */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  let cut = '';
  for (const character of text) {
    if (cut.length + character.length > max - 1) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

/** A time in each reader's own time zone: `<!date^1700000000^{date_short_pretty} {time}|2023-11-14 22:13 UTC>`. */
export function dateToken(iso: string): string {
  const at = new Date(iso);
  const seconds = Math.floor(at.getTime() / 1000);
  return `<!date^${seconds}^{date_short_pretty} {time}|${plainDate(iso)}>`;
}

/** A time for places where Slack shows no date tokens: `2023-11-14 22:13 UTC`. */
function plainDate(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function mentionUser(id: string): string {
  return `<@${id}>`;
}

export function mentionGroup(id: string): string {
  return `<!subteam^${id}>`;
}

/** A link with our own text; nothing in the URL can end it early. */
export function link(url: string, words: string): string {
  const safe = url.replace(/[<>|\s]/g, (character) => encodeURIComponent(character)).replaceAll('&', '&amp;');
  return `<${safe}|${words}>`;
}

/** `a, b and c` */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
