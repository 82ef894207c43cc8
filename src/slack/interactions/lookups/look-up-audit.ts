import type { NotRead } from '../../../workflow/people/may-read-audit.ts';
import { type AuditQuery, type AuditTurn, EVERYTHING } from '../../../workflow/ports/audit/audit-query.ts';
import type { AuditReader } from '../../../workflow/ports/audit/audit-reader.ts';
import type { Clock } from '../../../workflow/ports/clock.ts';
import type { Ledger } from '../../../workflow/ports/ledger.ts';
import type { People } from '../../../workflow/ports/people.ts';
import type { PolicySource } from '../../../workflow/ports/policy-source.ts';
import { type LookedUp, lookUpAudit } from '../../../workflow/queries/look-up-audit.ts';
import type { Command } from '../../command-text/command.ts';
import type { SlackClients } from '../../connection/clients.ts';
import type { Caller, Click } from '../../context/interaction.ts';
import type { LookUps } from '../../context/look-ups.ts';
import { type CardLinkDeps, linkOf } from '../../posting/card-links.ts';
import { replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import { updateModal } from '../../replies/modal-updates.ts';
import { openAuditSeal, sealAudit } from '../../seals/audit-seal.ts';
import { type SealDeps, sealModal } from '../../seals/sealed-ids.ts';
import { type AuditListFacts, auditList, auditListModal } from '../../views/audit/audit-list.ts';
import { aboutWords } from '../../views/audit/audit-words.ts';
import { MAX_STEPS, requestHistory, requestHistoryModal } from '../../views/audit/request-history.ts';
import { mentions } from '../../views/text/people-words.ts';
import { unreadableWords } from '../../wording/access-words.ts';

export interface LookUpDeps extends CardLinkDeps, SealDeps {
  clients: SlackClients;
  ledger: Ledger;
  people: People;
  policy: PolicySource;
  clock: Clock;
  audit: AuditReader;
  lookUps: LookUps;
}

const NEWEST: AuditTurn = { go: 'older', below: null };

/** `audit [<request id> | <arn> | @user] [since <duration>]`: the newest ten. */
export async function lookUp(
  deps: LookUpDeps,
  caller: Caller,
  command: Extract<Command, { kind: 'audit' }>,
): Promise<void> {
  const query = await queryOf(deps, command);
  const found = await look(deps, caller, query, NEWEST);
  await caller.say(found.kind === 'page' ? auditList(await listFacts(deps, query, found.page)) : notReadWords(found));
}

/** `Older`, `Newer`, `Continue`: another page in the same place. */
export async function turnAuditPage(deps: LookUpDeps, caller: Caller, click: Click): Promise<void> {
  const carried = openAuditSeal(deps, click.value);
  if (!carried) return replyInvalidButton(caller);
  const found = await look(deps, caller, carried.query, carried.turn);
  if (found.kind !== 'page') return caller.say(notReadWords(found));
  const facts = await listFacts(deps, carried.query, found.page);
  if (click.view) {
    await updateModal(deps, caller, click.view.id, auditListModal(facts, click.view.metadata));
    return;
  }
  await (click.replace ?? ((message) => caller.say(message)))(auditList(facts));
}

/** `Whole story`: one request from its beginning on. */
export async function showRequestHistory(deps: LookUpDeps, caller: Caller, click: Click): Promise<void> {
  const request = openAuditSeal(deps, click.value)?.query.request;
  if (!request) return replyInvalidButton(caller);
  const query = { ...EVERYTHING, request };
  const found = await look(deps, caller, query, { go: 'newer', above: 0 }, MAX_STEPS);
  if (found.kind !== 'page') return caller.say(notReadWords(found));
  const { lines, newer } = found.page;
  const message = await linkOf(deps, request);
  const facts = { request, lines: lines.toReversed(), more: newer !== null, message };
  if (!click.view || !caller.triggerId) return caller.say(requestHistory(facts));
  const metadata = sealModal(deps, { u: caller.user, c: '', r: null });
  const view = requestHistoryModal(facts, metadata);
  await deps.clients.interactive.views.push({ trigger_id: caller.triggerId, view });
}

/** Somebody as the log names them: an outsider under a team of their own. */
export async function actorOf({ people }: { people: People }, id: string): Promise<{ team: string; user: string }> {
  const { team, user } = await people.person(id);
  return { team, user };
}

export function look(
  deps: LookUpDeps,
  { user, channel, op }: Caller,
  query: AuditQuery,
  turn: AuditTurn,
  size?: number,
): Promise<LookedUp> {
  // A refusal is on record under its own `op`, so that this is shared with nobody.
  return deps.lookUps.run('asked', null, () =>
    lookUpAudit(deps, { user, channel, op, query, turn, ...(size === undefined ? {} : { size }) }),
  );
}

/** What a page is shown with: the messages of its requests, and buttons that lead on. */
export async function listFacts(
  deps: LookUpDeps,
  query: AuditQuery,
  page: Extract<LookedUp, { kind: 'page' }>['page'],
): Promise<AuditListFacts> {
  const requests = [...new Set(page.lines.flatMap(({ record }) => record?.request ?? []))];
  const links = await Promise.all(requests.map(async (id) => [id, await linkOf(deps, id)] as const));
  const { older, newer } = page;
  return {
    page,
    about: aboutWords(query),
    seals: {
      older: older === null ? null : sealAudit(deps, query, { go: 'older', below: older }),
      newer: newer === null ? null : sealAudit(deps, query, { go: 'newer', above: newer }),
      filter: sealAudit(deps, query, NEWEST),
      story: (request) => sealAudit(deps, { ...EVERYTHING, request }, NEWEST),
    },
    links: new Map(links.filter((one): one is [string, string] => one[1] !== null)),
    lost: deps.audit.lost() !== null,
  };
}

export function notReadWords(not: NotRead): string {
  if (not.kind === 'groups-unknown') {
    if (not.unreadable.length > 0) return unreadableWords(not.unreadable, '`audit.readers`', 'nothing is shown.');
    return 'Slack can’t say just now who the auditors are, so nothing is shown. Try again in a minute.';
  }
  return `The policy’s \`audit.readers\` may look this up, and you are not among them. Who could: ${mentions(not.readers)}. What you asked or decided yourself you can see with its request id, or with \`audit @you\`.`;
}

async function queryOf(
  deps: LookUpDeps,
  { by, sinceSeconds }: Extract<Command, { kind: 'audit' }>,
): Promise<AuditQuery> {
  const since = sinceSeconds === null ? null : new Date(deps.clock.now().getTime() - sinceSeconds * 1000).toISOString();
  const query = { ...EVERYTHING, since };
  switch (by?.kind) {
    case undefined:
      return query;
    case 'user':
      return { ...query, user: await actorOf(deps, by.id) };
    case 'request':
      return { ...query, request: by.id };
    case 'execution':
      return { ...query, execution: by.arn };
  }
}
