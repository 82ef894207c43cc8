import type { InputBlock, ModalView } from '@slack/types';
import { EVENTS } from '../../../domain/audit/audit-event.ts';
import { context, plain } from '../text/blocks.ts';
import { clip, LIMITS } from '../text/text.ts';
import { eventWords } from './audit-words.ts';

export const AUDIT_FILTER_MODAL = 'audit_filter';
const field = (name: string) => ({ block: name, action: name });
export const AUDIT_FIELDS = {
  request: field('audit_request'),
  execution: field('audit_execution'),
  task: field('audit_task'),
  account: field('audit_account'),
  user: field('audit_user'),
  event: field('audit_event'),
  channel: field('audit_channel'),
  since: field('audit_since'),
  until: field('audit_until'),
} as const;

export type AuditField = keyof typeof AUDIT_FIELDS;

/** The values of the fields; null: empty. Days are `2026-11-22`, both inclusive. */
export type AuditFilterValues = Readonly<Record<AuditField, string | null>>;

/** The form that filters the audit log. An empty field matches everything. */
export function auditFilterModal(values: AuditFilterValues, metadata: string): ModalView {
  return {
    type: 'modal',
    callback_id: AUDIT_FILTER_MODAL,
    private_metadata: metadata,
    title: plain('Search the audit log', LIMITS.modalTitle),
    submit: plain('Search', LIMITS.modalTitle),
    close: plain('Close', LIMITS.modalTitle),
    blocks: [
      text('request', 'Request', values.request, 'r-0123456789', 12),
      text('execution', 'Execution', values.execution, 'Its whole ARN', 128),
      text('task', 'Task', values.task, 'task-0123456789abcdef0', 40),
      text('account', 'AWS account', values.account, 'Twelve digits', 12),
      input('user', 'Who asked or decided', {
        type: 'users_select',
        action_id: AUDIT_FIELDS.user.action,
        ...(values.user ? { initial_user: values.user } : {}),
      }),
      input('event', 'What happened', eventSelect(values.event)),
      input('channel', 'In the channel', {
        type: 'conversations_select',
        action_id: AUDIT_FIELDS.channel.action,
        ...(values.channel ? { initial_conversation: values.channel } : {}),
      }),
      day('since', 'From this day on', values.since),
      day('until', 'Up to this day, included', values.until),
      context(
        'Days are UTC. By request, execution, task, person and time the log is indexed; by the others alone it is read 5,000 records at a time.',
      ),
    ],
  };
}

function eventSelect(value: string | null) {
  const options = EVENTS.map((event) => ({ text: plain(clip(eventWords(event), LIMITS.option)), value: event }));
  const chosen = options.find((option) => option.value === value);
  return {
    type: 'static_select' as const,
    action_id: AUDIT_FIELDS.event.action,
    options,
    ...(chosen ? { initial_option: chosen } : {}),
  };
}

function text(name: AuditField, label: string, value: string | null, placeholder: string, longest: number): InputBlock {
  return input(name, label, {
    type: 'plain_text_input',
    action_id: AUDIT_FIELDS[name].action,
    max_length: longest,
    placeholder: plain(placeholder, LIMITS.placeholder),
    ...(value ? { initial_value: clip(value, longest) } : {}),
  });
}

function day(name: AuditField, label: string, value: string | null): InputBlock {
  const element = { type: 'datepicker' as const, action_id: AUDIT_FIELDS[name].action };
  return input(name, label, { ...element, ...(value ? { initial_date: value } : {}) });
}

function input(name: AuditField, label: string, element: InputBlock['element']): InputBlock {
  return { type: 'input', block_id: AUDIT_FIELDS[name].block, label: plain(label), element, optional: true };
}
