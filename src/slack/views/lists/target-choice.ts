import { parseExecutionArn } from '../../../domain/execution/task-execution.ts';
import type { ActiveExecution } from '../../../workflow/ports/executions.ts';
import type { FoundTarget } from '../../../workflow/queries/find-target.ts';
import { button, context, section } from '../text/blocks.ts';
import { executionId, shortName } from '../text/execution-words.ts';
import { clip, code, escapeText, type MessageView } from '../text/text.ts';

export const CHOOSE_TARGET_ACTION = 'choose-target';

/** Executions that are offered; more are hard to scan. */
const MAX_OFFERED = 10;
/** Slack's limit for the value of a button. */
const MAX_VALUE = 2000;

export interface TargetChoiceFacts {
  found: Exclude<FoundTarget, { kind: 'one' }>;
  /** As typed. Not escaped. */
  typed: string;
  /** It was typed as a name. */
  isName: boolean;
  /** What the button of an execution does. */
  does: 'Request limit' | 'Show status' | 'Preview' | 'Throttle…';
  /** The value of the button that goes on with this execution. */
  sealChoice: (arn: string) => string;
}

/** The executions that a target could be, each with a button that goes on with what was typed; or that there is none. */
export function targetChoice(facts: TargetChoiceFacts): MessageView | string {
  const { found } = facts;
  const typed = code(facts.typed);
  if (found.kind === 'none') return noneWords(found, typed, facts.isName);
  const shown = found.executions.slice(0, MAX_OFFERED);
  const more = found.executions.length - shown.length;
  const text = choiceWords(found, typed);
  return {
    text: `${text} Nothing was requested yet.`,
    blocks: [
      section(`*${text}*`),
      ...shown.map((execution) => choice(execution, facts)),
      context(
        more > 0
          ? `${more} more match. Type an execution’s id instead. Nothing was requested yet.`
          : 'Nothing was requested yet.',
      ),
    ],
  };
}

function choice(execution: ActiveExecution, { does, sealChoice }: TargetChoiceFacts) {
  const parsed = parseExecutionArn(execution.arn);
  const place = parsed.ok ? ` · account ${parsed.value.account}, ${escapeText(parsed.value.region)}` : '';
  const value = sealChoice(execution.arn);
  const status = escapeText(clip(execution.status, 40));
  return section(
    `*${shortName(execution)}* · ${status}\n${code(executionId(execution.arn))}${place}`,
    value.length <= MAX_VALUE ? button(CHOOSE_TARGET_ACTION, does, value) : undefined,
  );
}

function choiceWords({ why, executions }: Extract<FoundTarget, { kind: 'choose' }>, typed: string): string {
  switch (why) {
    case 'several':
      return `${typed} matches ${executions.length} running or queued executions. Which one?`;
    case 'same-name':
      return `Several tasks are named ${typed}. Which execution?`;
    case 'letters':
      return `No running or queued execution matches ${typed} exactly. Did you mean this?`;
    case 'incomplete':
      return `AWS didn’t respond for every Region, so others may match ${typed} too. Which execution?`;
  }
}

function noneWords(
  { incomplete, idle }: Extract<FoundTarget, { kind: 'none' }>,
  typed: string,
  isName: boolean,
): string {
  if (incomplete) {
    return `AWS didn’t respond for every Region, so we can’t tell which execution ${typed} is. Nothing was requested. Try again, or use the execution’s ARN.`;
  }
  const see = 'Nothing was requested. To see what is running, use `/datasync-throttle list`';
  if (idle) return `Task ${typed} has no running or queued execution. ${see}.`;
  const commands = isName ? '; for all commands, `/datasync-throttle help`' : '';
  return `No running or queued execution that you can throttle from here matches ${typed}. ${see}${commands}.`;
}
