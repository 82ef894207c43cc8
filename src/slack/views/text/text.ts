import type { KnownBlock } from '@slack/types';

/** Slack's limits, in UTF-16 units or pieces. Source: docs.slack.dev/reference/block-kit and methods/chat.postMessage. */
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
  /** Of `text` beside blocks: what is longer is of no use to a screen reader or a notification. */
  fallback: 3000,
} as const;

/** A message as chat.postMessage takes it. `text` is mrkdwn that stands alone: for screen readers and notifications. */
export interface MessageView {
  text: string;
  blocks: KnownBlock[];
}

/** Control characters, those that turn the direction of what follows, and halves of characters. */
const UNSEEN = /[\s\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;
/** What would start or end bold, strike and code anywhere, and what looks the same and doesn't. */
const ALIKE: Readonly<Record<string, string>> = { '*': '∗', '~': '∼', '`': 'ˋ', _: 'ˍ' };

/** A person's or AWS's words on one line, without characters that could make a message say something else. */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, ' ').trim();
}

/** Slack's three entities and nothing else: for our own mrkdwn that may have a person's words in it. */
export function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * The one door by which words of a person or of AWS enter mrkdwn: on one line, no mention, no link, no formatting. An
 * underscore inside a word stays, since task names have them and Slack makes nothing of it.
 */
export function escapeText(text: string): string {
  return entities(oneLine(text))
    .replace(/[*~`]/g, (mark) => ALIKE[mark] ?? '')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, ALIKE._ ?? '');
}

/** Words in code style; a backtick can't end it early. */
export function code(text: string): string {
  return `\`${entities(oneLine(text).replaceAll('`', ALIKE['`'] ?? '')) || ' '}\``;
}

/** At most `max` UTF-16 units, cut with an ellipsis between characters. Cut first and escape then: it knows no entities. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  let cut = '';
  for (const character of text) {
    if (cut.length + character.length > max - 1) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

/** A time as each reader's own clock shows it: `<!date^1700000000^{date_short_pretty} {time}|2023-11-14 22:13 UTC>`. */
export function dateToken(iso: string): string {
  const at = new Date(iso);
  const seconds = Math.floor(at.getTime() / 1000);
  return `<!date^${seconds}^{date_short_pretty} {time}|${plainDate(iso)}>`;
}

/** A time for where Slack shows no date tokens: `2023-11-14 22:13 UTC`. */
function plainDate(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function mentionUser(id: string): string {
  return `<@${id}>`;
}

export function mentionGroup(id: string): string {
  return `<!subteam^${id}>`;
}

/** A link with our own words; an address can't end it early. */
export function link(url: string, words: string): string {
  const safe = url.replace(/[<>|\s]/g, (character) => encodeURIComponent(character)).replaceAll('&', '&amp;');
  return `<${safe}|${words}>`;
}

/** `1 approval`, `2 approvals`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** `a, b and c` */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
