import type { InputBlock, KnownBlock, ModalView, PlainTextInput, PlainTextOption } from '@slack/types';
import type { TaskExecution } from '../../../domain/execution/task-execution.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import type { Unlisted } from '../../../workflow/queries/list-executions.ts';
import { failedWords } from '../lists/execution-list.ts';
import { placelessWords } from '../lists/running-words.ts';
import { context, factSection, plain, problemSection, section } from '../text/blocks.ts';
import { executionId, modeWarning, progressBar } from '../text/execution-words.ts';
import { clip, dateToken, escapeText, LIMITS, listed, oneLine } from '../text/text.ts';

export const REQUEST_MODAL = 'request';
export const REQUEST_FIELDS = {
  execution: { block: 'execution', action: 'execution' },
  rate: { block: 'rate', action: 'rate' },
  duration: { block: 'duration', action: 'duration' },
  reason: { block: 'reason', action: 'reason' },
} as const;

const MAX_RATE_LENGTH = 60;
const MAX_DURATION_LENGTH = 40;
const MAX_REASON_LENGTH = 500;
const MAX_LACKS_NAMED = 4;

export interface RequestValues {
  execution: { arn: string; label: string } | null;
  rate: string;
  duration: string;
  reason: string;
}

/**
 * The form that requests a limit. `problem` and `previewProblem` are mrkdwn from `wording/`; `preview` is the chosen
 * execution as AWS shows it now.
 */
export function requestModal(facts: {
  metadata: string;
  values: RequestValues;
  problem: string | null;
  preview: TaskExecution | null;
  previewProblem: string | null;
  /** Executions missing from the list, and why. */
  lacks?: readonly Unlisted[];
  now: Date;
}): ModalView {
  const { values } = facts;
  const blocks: KnownBlock[] = [
    ...(facts.problem ? [problemSection(facts.problem)] : []),
    executionInput(values.execution),
    ...lacking(facts.lacks ?? []),
    ...preview(facts.preview, facts.previewProblem),
    textInput('rate', 'New limit', values.rate, {
      longest: MAX_RATE_LENGTH,
      hint: 'Such as 50MiB/s, 400Mbit/s, 50% of the limit in force, or unlimited.',
    }),
    textInput('duration', 'For how long, or until when', values.duration, {
      longest: MAX_DURATION_LENGTH,
      hint: 'Such as 30m, 2h, 1d, until 18:00 or until tomorrow 06:00, on your own clock. Then the rate from before is set back by itself. Empty: no end, until the execution ends.',
      optional: true,
    }),
    textInput('reason', 'Reason', values.reason, {
      longest: MAX_REASON_LENGTH,
      hint: 'Whoever decides will read it. Some rules ask for one.',
      optional: true,
      multiline: true,
    }),
    context('A limit holds for this one run only; the task’s later runs keep the task’s own limit.'),
  ];
  return {
    type: 'modal',
    callback_id: REQUEST_MODAL,
    private_metadata: facts.metadata,
    title: plain('Ask for a limit', LIMITS.modalTitle),
    submit: plain('Ask', LIMITS.modalTitle),
    close: plain('Close', LIMITS.modalTitle),
    blocks,
  };
}

/** One option of the list: task name and status, then the current limit and the execution's id. */
export function executionOption(execution: {
  arn: string;
  status: string;
  taskName: string | null;
  bytesPerSecond: number | null;
}): PlainTextOption {
  const status = ` · ${clip(oneLine(execution.status), 20)}`;
  const id = executionId(execution.arn);
  const name = clip(oneLine(execution.taskName ?? '') || id, LIMITS.option - status.length);
  const limit = execution.bytesPerSecond === null ? 'limit not known yet' : formatRate(execution.bytesPerSecond);
  return {
    text: plain(`${name}${status}`, LIMITS.option),
    value: execution.arn,
    description: plain(`${limit} · ${id}`, LIMITS.option),
  };
}

/** Shown if AWS did not answer: an empty list would suggest that nothing is running. It can't be submitted. */
export function unknownOption(): PlainTextOption {
  return {
    text: plain('Not known yet: no answer in time', LIMITS.option),
    value: 'not-known',
    description: plain('Type again in a moment, or paste an ARN', LIMITS.option),
  };
}

function executionInput(chosen: RequestValues['execution']): InputBlock {
  const { block, action } = REQUEST_FIELDS.execution;
  const initial = chosen && {
    text: plain(oneLine(chosen.label) || executionId(chosen.arn), LIMITS.option),
    value: chosen.arn,
  };
  return {
    type: 'input',
    block_id: block,
    dispatch_action: true,
    label: plain('Task execution'),
    element: {
      type: 'external_select',
      action_id: action,
      min_query_length: 0,
      placeholder: plain('Running or queued: type a task name, or paste an ARN', LIMITS.placeholder),
      ...(initial ? { initial_option: initial } : {}),
    },
  };
}

/** A list of options can't say that it is incomplete, so a note below it does. */
function lacking(lacks: readonly Unlisted[]): KnownBlock[] {
  const lines = lacks.slice(0, MAX_LACKS_NAMED).map(lackWords);
  const left = lacks.length - lines.length;
  return [...lines, ...(left > 0 ? [`And ${left} more.`] : [])].map(context);
}

function lackWords(lack: Unlisted): string {
  switch (lack.kind) {
    case 'failed':
      return `${failedWords(lack.target, true)} What runs there is not in the list, or not all of it: paste an execution’s ARN.`;
    case 'no-region':
      return `${placelessWords(lack.rules)}: paste an execution’s ARN.`;
    case 'no-rule': {
      const channels = lack.channels.slice(0, MAX_LACKS_NAMED).map((channel) => `<#${channel}>`);
      const where = channels.length === 0 ? '' : ` Ask in ${listed(channels)}.`;
      return `:warning: No rule of the policy is for this channel, so there is nothing to choose.${where}`;
    }
  }
}

function preview(execution: TaskExecution | null, problem: string | null): KnownBlock[] {
  if (problem) return [section(`:warning: ${problem}`)];
  if (!execution) return [];
  const warning = modeWarning(execution.mode);
  return [
    factSection([
      ['Limit in force', formatRate(execution.bytesPerSecond)],
      ['Status', `${escapeText(execution.status)}, ${dateToken(execution.lookedAt)}`],
      ['Progress', progressBar(execution)],
    ]),
    ...(warning ? [context(warning)] : []),
  ];
}

function textInput(
  field: 'rate' | 'duration' | 'reason',
  label: string,
  value: string,
  of: { longest: number; hint: string; optional?: boolean; multiline?: boolean },
): InputBlock {
  const { block, action } = REQUEST_FIELDS[field];
  const element: PlainTextInput = {
    type: 'plain_text_input',
    action_id: action,
    max_length: of.longest,
    ...(of.multiline ? { multiline: true } : {}),
    ...(value === '' ? {} : { initial_value: clip(value, of.longest) }),
  };
  return {
    type: 'input',
    block_id: block,
    label: plain(label),
    hint: plain(of.hint),
    element,
    ...(of.optional ? { optional: true } : {}),
  };
}
