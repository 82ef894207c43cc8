import { ruleNow, samePerson } from '../../domain/decide-review.ts';
import { groupsOf, mayDecide } from '../../domain/policy.ts';
import type { StoredRequest } from '../../workflow/ports.ts';
import { type Bot, type Caller, sealRequest } from '../bot.ts';
import { linkOf } from '../links.ts';
import { requestList } from '../views/request-list.ts';

/** As many as fit in a message, and as one person can use. */
const MOST_SHOWN = 15;
const MOST_READ = 200;

/** `requests`: what is open, that which this person can decide first. */
export async function listRequests(bot: Bot, caller: Caller): Promise<void> {
  const open = await bot.ledger.openRequests(MOST_READ);
  const person = await bot.people.person(caller.user);
  const inForce = bot.policy.current();
  const rules = new Map(open.map(({ request }) => [request.id, ruleNow(request, inForce)]));
  const groups = await bot.people.groups([...new Set([...rules.values()].flatMap((rule) => groupsOf(rule)))]);
  const canDecide = ({ request }: StoredRequest) => {
    const rule = rules.get(request.id);
    const fresh = request.status === 'pending' && !request.approvals.some(({ by }) => samePerson(by, person));
    return fresh && rule != null && mayDecide(rule, person, request.requester, groups).allowed;
  };
  const mine = open.filter(canDecide);
  const others = open.filter((stored) => !canDecide(stored));
  const shown = [...mine, ...others].slice(0, MOST_SHOWN);
  const links = await Promise.all(
    shown.map(async ({ request }) => [request.id, await linkOf(bot, request.id)] as const),
  );
  await caller.say(
    requestList({
      mine: mine.slice(0, MOST_SHOWN),
      others: others.slice(0, Math.max(0, MOST_SHOWN - mine.length)),
      more: open.length - shown.length,
      now: bot.clock.now(),
      seal: (id) => sealRequest(bot, id),
      links: new Map(links.filter((link): link is [string, string] => link[1] !== null)),
    }),
  );
}
