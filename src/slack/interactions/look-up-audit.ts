import { type AuditQuery, type AuditTurn, EVERYTHING } from '../../workflow/audit-ports.ts';
import { type LookedUp, lookUpAudit } from '../../workflow/look-up-audit.ts';
import type { NotRead } from '../../workflow/may-read-audit.ts';
import { unreadableWords } from '../access-words.ts';
import { openAuditSeal, sealAudit } from '../audit-seal.ts';
import { type Bot, type Caller, type Click, sealModal } from '../bot.ts';
import type { Command } from '../command-text.ts';
import { updateModal } from '../error-replies.ts';
import { replyInvalidButton } from '../invalid-seal-replies.ts';
import { linkOf } from '../links.ts';
import { type AuditListFacts, auditList, auditListModal } from '../views/audit-list.ts';
import { aboutWords } from '../views/audit-words.ts';
import { mentions } from '../views/people-words.ts';
import { MOST_STEPS, requestHistory, requestHistoryModal } from '../views/request-history.ts';

const NEWEST: AuditTurn = { go: 'older', below: null };

/** `audit [<request id> | <arn> | @user] [since <duration>]`: the newest ten. */
export async function lookUp(bot: Bot, caller: Caller, command: Extract<Command, { kind: 'audit' }>): Promise<void> {
  const query = await queryOf(bot, command);
  const found = await look(bot, caller, query, NEWEST);
  await caller.say(found.kind === 'page' ? auditList(await listFacts(bot, query, found.page)) : notReadWords(found));
}

/** `Older`, `Newer`, `Continue`: another page in the same place. */
export async function turnAuditPage(bot: Bot, caller: Caller, click: Click): Promise<void> {
  const carried = openAuditSeal(bot, click.value);
  if (!carried) return replyInvalidButton(caller);
  const found = await look(bot, caller, carried.query, carried.turn);
  if (found.kind !== 'page') return caller.say(notReadWords(found));
  const facts = await listFacts(bot, carried.query, found.page);
  if (click.view) {
    await updateModal(bot, caller, click.view.id, auditListModal(facts, click.view.metadata));
    return;
  }
  await (click.replace ?? ((message) => caller.say(message)))(auditList(facts));
}

/** `Whole story`: one request from its beginning on. */
export async function showRequestHistory(bot: Bot, caller: Caller, click: Click): Promise<void> {
  const request = openAuditSeal(bot, click.value)?.query.request;
  if (!request) return replyInvalidButton(caller);
  const query = { ...EVERYTHING, request };
  const found = await look(bot, caller, query, { go: 'newer', above: 0 }, MOST_STEPS);
  if (found.kind !== 'page') return caller.say(notReadWords(found));
  const { lines, newer } = found.page;
  const message = await linkOf(bot, request);
  const facts = { request, lines: lines.toReversed(), more: newer !== null, message };
  if (!click.view || !caller.triggerId) return caller.say(requestHistory(facts));
  const metadata = sealModal(bot, { u: caller.user, c: '', r: null });
  const view = requestHistoryModal(facts, metadata);
  await bot.clients.interactive.views.push({ trigger_id: caller.triggerId, view });
}

/** Somebody as the log names them: an outsider under a team of their own. */
export async function actorOf({ people }: Pick<Bot, 'people'>, id: string): Promise<{ team: string; user: string }> {
  const { team, user } = await people.person(id);
  return { team, user };
}

export function look(
  bot: Bot,
  { user, channel, op }: Caller,
  query: AuditQuery,
  turn: AuditTurn,
  size?: number,
): Promise<LookedUp> {
  // A refusal is on record under its own `op`, so that this is shared with nobody.
  return bot.lookUps.run('asked', null, () =>
    lookUpAudit(bot, { user, channel, op, query, turn, ...(size === undefined ? {} : { size }) }),
  );
}

/** What a page is shown with: the messages of its requests, and buttons that lead on. */
export async function listFacts(
  bot: Bot,
  query: AuditQuery,
  page: Extract<LookedUp, { kind: 'page' }>['page'],
): Promise<AuditListFacts> {
  const requests = [...new Set(page.lines.flatMap(({ record }) => record?.request ?? []))];
  const links = await Promise.all(requests.map(async (id) => [id, await linkOf(bot, id)] as const));
  const { older, newer } = page;
  return {
    page,
    about: aboutWords(query),
    seals: {
      older: older === null ? null : sealAudit(bot, query, { go: 'older', below: older }),
      newer: newer === null ? null : sealAudit(bot, query, { go: 'newer', above: newer }),
      filter: sealAudit(bot, query, NEWEST),
      story: (request) => sealAudit(bot, { ...EVERYTHING, request }, NEWEST),
    },
    links: new Map(links.filter((one): one is [string, string] => one[1] !== null)),
    lost: bot.audit.lost() !== null,
  };
}

export function notReadWords(not: NotRead): string {
  if (not.kind === 'groups-unknown') {
    if (not.unreadable.length > 0) return unreadableWords(not.unreadable, '`audit.readers`', 'nothing is shown.');
    return 'Slack can’t say just now who the auditors are, so nothing is shown. Try again in a minute.';
  }
  return `The policy’s \`audit.readers\` may look this up, and you are not among them. Who could: ${mentions(not.readers)}. What you asked or decided yourself you can see with its request id, or with \`audit @you\`.`;
}

async function queryOf(bot: Bot, { by, sinceSeconds }: Extract<Command, { kind: 'audit' }>): Promise<AuditQuery> {
  const since = sinceSeconds === null ? null : new Date(bot.clock.now().getTime() - sinceSeconds * 1000).toISOString();
  const query = { ...EVERYTHING, since };
  switch (by?.kind) {
    case undefined:
      return query;
    case 'user':
      return { ...query, user: await actorOf(bot, by.id) };
    case 'request':
      return { ...query, request: by.id };
    case 'execution':
      return { ...query, execution: by.arn };
  }
}
