import type {
  ActionsBlock,
  Button,
  ContextBlock,
  DividerBlock,
  MrkdwnElement,
  PlainTextElement,
  SectionBlock,
} from '@slack/types';
import { clip, LIMITS, oneLine } from './text.ts';

/** Our own mrkdwn. Verbatim, so that Slack does not turn plain words into links or mentions. */
function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Plain text: no mentions, no formatting, no emoji. */
export function plain(text: string, max: number = LIMITS.section): PlainTextElement {
  return { type: 'plain_text', text: clip(text, max), emoji: false };
}

export function section(text: string, accessory?: Button): SectionBlock {
  return { type: 'section', text: mrkdwn(text), ...(accessory ? { accessory } : {}) };
}

/** Shows on top of a form what was wrong with it. The next problem replaces it. */
export const PROBLEM_BLOCK = 'problem';

/** `problem` is mrkdwn from `wording/`. */
export function problemSection(problem: string): SectionBlock {
  return { ...section(`:warning: ${problem}`), block_id: PROBLEM_BLOCK };
}

/** A person's own words after one of our labels, on one line, as plain text. */
export function quotedSection(label: string, words: string): SectionBlock {
  return { type: 'section', text: plain(`${label}: ${oneLine(words)}`) };
}

/** Two columns of labelled facts, at most ten. */
export function factSection(facts: readonly (readonly [label: string, value: string])[]): SectionBlock {
  const fields = facts.slice(0, LIMITS.fields).map(([label, value]) => mrkdwn(`*${label}*\n${value}`));
  return { type: 'section', fields };
}

export function context(text: string): ContextBlock {
  return { type: 'context', elements: [mrkdwn(text)] };
}

export function divider(): DividerBlock {
  return { type: 'divider' };
}

export function button(
  action: string,
  label: string,
  value: string,
  look: Pick<Button, 'style' | 'confirm'> = {},
): Button {
  return { type: 'button', action_id: action, text: plain(label, LIMITS.button), value, ...look };
}

export function actions(elements: Button[]): ActionsBlock[] {
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}
