import { parseExecutionArn } from '../../../domain/execution/task-execution.ts';
import { nearestFirst } from '../../../domain/text/nearest.ts';
import type { ActiveExecution } from '../../../workflow/ports/executions.ts';
import type { FoundTarget } from '../../../workflow/queries/find-target.ts';
import { button, context, section } from '../text/blocks.ts';
import { executionId, shortName } from '../text/execution-words.ts';
import { clip, code, escapeText, type MessageView } from '../text/text.ts';

/** One for each kind of command, so that the table of routes says who may press it. */
export const CHOOSE_TARGET_ACTION = 'choose-target';
export const CHOOSE_FORM_ACTION = 'choose-form';
export const CHOOSE_STATUS_ACTION = 'choose-status';
export const CHOOSE_PREVIEW_ACTION = 'choose-preview';

/** Executions that are offered; more are hard to scan. */
const MAX_OFFERED = 10;
/** Slack's limit for the value of a button. */
const MAX_VALUE = 2000;

type TargetChoice = 'request' | 'form' | 'status' | 'preview';

const BUTTONS: Readonly<Record<TargetChoice, { action: string; label: string; nothing: string }>> = {
  request: { action: CHOOSE_TARGET_ACTION, label: 'Request limit', nothing: ' Nothing was requested.' },
  form: { action: CHOOSE_FORM_ACTION, label: 'Throttle…', nothing: ' Nothing was requested.' },
  status: { action: CHOOSE_STATUS_ACTION, label: 'Show status', nothing: '' },
  preview: { action: CHOOSE_PREVIEW_ACTION, label: 'Preview', nothing: '' },
};
/** Where the command is too long to be kept in a button. */
const TOO_LONG = ' The command is too long for a button. Type the command again with the execution’s id.';

export interface TargetChoiceFacts {
  found: Exclude<FoundTarget, { kind: 'one' }>;
  /** As typed. Not escaped. */
  typed: string;
  /** It was typed as a name. */
  isName: boolean;
  /** What the button of an execution does. */
  does: TargetChoice;
  /** The value of the button that goes on with this execution. */
  sealChoice: (arn: string) => string;
}

/** The executions that a target could be, each with a button that goes on with what was typed; or that there is none. */
export function targetChoice(facts: TargetChoiceFacts): MessageView | string {
  const { found, does, sealChoice } = facts;
  const typed = code(facts.typed);
  if (found.kind === 'none') return `${noneWords(found, typed, facts)}${linksWords(found, facts)}`;
  const rows = found.executions.slice(0, MAX_OFFERED).map((execution) => {
    const value = sealChoice(execution.arn);
    return { words: choiceOf(execution), value: value.length <= MAX_VALUE ? value : null };
  });
  const more = found.executions.length - rows.length;
  const { action, label, nothing } = BUTTONS[does];
  const asked = choiceWords(found, typed);
  const moreWords = more > 0 ? ` ${more} more match: to pick one of them, type its execution id.` : '';
  const end = `${rows.some(({ value }) => value === null) ? TOO_LONG : ''}${moreWords}${nothing}`.trim();
  return {
    text: [asked, ...rows.map(({ words }) => words.replace('\n', ' · ')), end].join('\n').trim(),
    blocks: [
      section(`*${asked}*`),
      ...rows.map(({ words, value }) => section(words, value === null ? undefined : button(action, label, value))),
      ...(end === '' ? [] : [context(end)]),
    ],
  };
}

function choiceOf(execution: ActiveExecution): string {
  const parsed = parseExecutionArn(execution.arn);
  const place = parsed.ok ? ` · account ${parsed.value.account}, ${escapeText(parsed.value.region)}` : '';
  const status = escapeText(clip(execution.status, 40));
  return `*${shortName(execution)}* · ${status}\n${code(executionId(execution.arn))}${place}`;
}

function choiceWords({ why, executions }: Extract<FoundTarget, { kind: 'choose' }>, typed: string): string {
  switch (why) {
    case 'several':
      return `${typed} matches ${executions.length} running or queued executions. Which one?`;
    case 'same-name':
      return `Several tasks are named ${typed}. Which execution?`;
    case 'similar':
      return `No running or queued execution matches ${typed} exactly. Did you mean ${executions.length === 1 ? 'this' : 'one of these'}?`;
    case 'incomplete':
      return `We couldn’t search every account and Region, so others may match ${typed} too. Which execution?`;
  }
}

/** The links that could be meant, the most similar name first. */
function linksWords(
  { links }: Extract<FoundTarget, { kind: 'none' }>,
  { typed }: Pick<TargetChoiceFacts, 'typed'>,
): string {
  if (links.length === 0) return '';
  const shown = nearestFirst(typed.toLowerCase(), links).slice(0, MAX_OFFERED);
  const more = links.length > shown.length ? ` and ${links.length - shown.length} more` : '';
  return `\nLinks: ${shown.map(code).join(', ')}${more}.`;
}

function noneWords(
  { incomplete, idle }: Extract<FoundTarget, { kind: 'none' }>,
  typed: string,
  { isName, does }: Pick<TargetChoiceFacts, 'isName' | 'does'>,
): string {
  const { nothing } = BUTTONS[does];
  if (incomplete) {
    return `We couldn’t search every account and Region, so we can’t tell which execution ${typed} is.${nothing} Try again, or use the execution’s ARN.`;
  }
  const see = `${nothing} To see what is running, use \`/datasync-throttle list\``;
  if (idle) return `Task ${typed} has no running or queued execution.${see}.`;
  const commands = isName ? '; for all commands, `/datasync-throttle help`' : '';
  if (does === 'status') {
    return `No running or queued execution matches ${typed}.${see}${commands}. For one that has ended, use its ARN.`;
  }
  return `No running or queued execution that you can throttle from here matches ${typed}.${see}${commands}.`;
}
