import { parseExecutionArn } from '../../../domain/execution/task-execution.ts';
import { REQUEST_ID } from '../../../domain/request/request-id.ts';
import { plainTyped } from '../../../domain/text/invisible.ts';
import { type AuditQuery, EVERYTHING } from '../../../workflow/ports/audit/audit-query.ts';
import type { SlackClients } from '../../connection/clients.ts';
import type { Caller, Click, SubmitAnswer, View } from '../../context/interaction.ts';
import { invalidFormAnswer, replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import { openAuditSeal } from '../../seals/audit-seal.ts';
import { openModalSeal, type SealDeps, sealModal } from '../../seals/sealed-ids.ts';
import {
  AUDIT_FIELDS,
  type AuditField,
  type AuditFilterValues,
  auditFilterModal,
} from '../../views/audit/audit-filter.ts';
import { auditListModal } from '../../views/audit/audit-list.ts';
import { noticeModal } from '../../views/modals/notices.ts';
import { actorOf, type LookUpDeps, listFacts, look, notReadWords } from './look-up-audit.ts';

interface OpenDeps extends SealDeps {
  clients: SlackClients;
}

const DAY_MS = 86_400_000;

/** `Filter…`: the form, with what was looked for in it. Whether this person may read is asked when it comes back. */
export async function openAuditFilter(deps: OpenDeps, caller: Caller, click: Click): Promise<void> {
  const carried = openAuditSeal(deps, click.value);
  if (!carried) return replyInvalidButton(caller);
  if (!caller.triggerId) throw new Error('nothing to open a modal with');
  const metadata = sealModal(deps, { u: caller.user, c: caller.channel ?? '', r: null });
  const view = auditFilterModal(valuesOf(carried.query), metadata);
  const { views } = deps.clients.interactive;
  const open = { trigger_id: caller.triggerId, view };
  await (click.view ? views.push(open) : views.open(open));
}

/** `Search`: the first page stands in the same modal. */
export async function submitAuditFilter(deps: LookUpDeps, caller: Caller, view: View): Promise<SubmitAnswer> {
  const modal = openModalSeal(deps, view.metadata, caller.user);
  if (!modal) return invalidFormAnswer(caller, TITLE);
  const read = await readFilter(deps, view);
  if ('errors' in read) {
    const text = Object.values(read.errors).join('\n');
    return { now: { response_action: 'errors', errors: read.errors }, later: { text, view: noticeModal(TITLE, text) } };
  }
  const asker = { ...caller, channel: modal.c || null };
  const found = await look(deps, asker, read.query, { go: 'older', below: null });
  if (found.kind !== 'page') return inModal(noticeModal(TITLE, notReadWords(found)), notReadWords(found));
  const facts = await listFacts(deps, read.query, found.page);
  return inModal(auditListModal(facts, view.metadata), 'What the search found stood in a form that was closed.');
}

const TITLE = 'Audit log';

function inModal(view: SubmitAnswer['later']['view'], text: string): SubmitAnswer {
  return { now: { response_action: 'update', view }, later: { view, text } };
}

async function readFilter(
  deps: LookUpDeps,
  view: View,
): Promise<{ query: AuditQuery } | { errors: Record<string, string> }> {
  const value = (field: AuditField) =>
    plainTyped(view.values.get(`${AUDIT_FIELDS[field].block}/${AUDIT_FIELDS[field].action}`) ?? '').trim() || null;
  const errors: Record<string, string> = {};
  const wrong = (field: AuditField, words: string) => {
    errors[AUDIT_FIELDS[field].block] = words;
  };
  const request = value('request')?.toLowerCase() ?? null;
  if (request !== null && !REQUEST_ID.test(request)) wrong('request', 'Write a request id, such as r-0123456789.');
  const arn = value('execution');
  const parsed = arn === null ? null : parseExecutionArn(arn);
  const execution = parsed?.ok ? parsed.value.arn : null;
  if (parsed && !parsed.ok) wrong('execution', 'Write the whole ARN of a task execution.');
  const task = value('task');
  if (task !== null && !/^task-[0-9a-f]{17}$/.test(task))
    wrong('task', 'Write a task id, such as task-0123456789abcdef0.');
  const account = value('account');
  if (account !== null && !/^\d{12}$/.test(account)) wrong('account', 'An account id is twelve digits.');
  const [from, to] = [value('since'), value('until')];
  if (from !== null && to !== null && from > to) wrong('until', 'This day is before the first one.');
  if (Object.keys(errors).length > 0) return { errors };
  const user = value('user');
  const query = {
    ...EVERYTHING,
    request,
    execution,
    task,
    account,
    event: value('event'),
    channel: value('channel'),
    user: user === null ? null : await actorOf(deps, user),
    since: from === null ? null : `${from}T00:00:00.000Z`,
    until: to === null ? null : new Date(Date.parse(`${to}T00:00:00.000Z`) + DAY_MS).toISOString(),
  };
  return { query };
}

function valuesOf({
  request,
  execution,
  task,
  account,
  user,
  event,
  channel,
  since,
  until,
}: AuditQuery): AuditFilterValues {
  const last = until === null ? null : new Date(Date.parse(until) - DAY_MS).toISOString().slice(0, 10);
  const first = since === null ? null : since.slice(0, 10);
  return { request, execution, task, account, user: user?.user ?? null, event, channel, since: first, until: last };
}
