import { parseTaskArn } from '../../domain/execution/task-arn.ts';
import { decideWindow } from '../../domain/link/decide-window.ts';
import { type Link, placeOfLocation } from '../../domain/link/link.ts';
import { memberRule } from '../../domain/policy/links/link-rules.ts';
import { isApplied } from '../../domain/policy/links/links-not-applied.ts';
import { isForPlace, type Policy, type Rule } from '../../domain/policy/policy.ts';
import { AwsFault } from '../faults.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { LinkTasks, MemberQuery } from '../ports/links/link-tasks.ts';
import type { Claim, Timers } from '../ports/outbox.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { linkOutlook } from '../queries/links/link-outlook.ts';
import { DONE, later, type WorkOutcome } from '../work-outcome.ts';

/** An execution is found within a minute of its start, also where one look takes long. */
const FIND_SECONDS = 50;

export interface WatchLinkDeps {
  ledger: Pick<Ledger, 'link' | 'commit'>;
  linkTasks: LinkTasks;
  timers: Pick<Timers, 'ensure'>;
  policy: PolicySource;
  clock: Clock;
  /** Called with what AWS did not answer. */
  onFault: (fault: AwsFault, link: string, query: MemberQuery) => void;
}

/**
 * Finds the executions of a link, each of which is kept at what the link allows from then on, and puts on record when another
 * capacity is due. Again and again, for as long as the policy has the link.
 */
export async function watchLink(deps: WatchLinkDeps, name: string, claim: Claim): Promise<WorkOutcome> {
  const { policy, digest } = deps.policy.current();
  const link = policy.links.find((one) => one.name === name);
  if (!link) return DONE;
  const begun = deps.clock.now();
  const next = await recordDue(deps, link, { digest, claim });
  // Those of one Region don't wait for another one that hangs.
  if (isApplied(link)) await Promise.all(queriesOf(policy, link).map((query) => find(deps, name, query)));
  const now = deps.clock.now().getTime();
  const due = Math.min(begun.getTime() + FIND_SECONDS * 1000, next?.getTime() ?? Number.POSITIVE_INFINITY);
  return later(Math.max(0, (due - now) / 1000), 'its executions are looked for again then');
}

/** @returns when something else is due; null: never */
async function recordDue(
  { ledger, clock }: WatchLinkDeps,
  link: Link,
  { digest, claim }: { digest: string; claim: Claim },
): Promise<Date | null> {
  const [stored, outlook] = await Promise.all([ledger.link(link.name), linkOutlook(link, clock.now())]);
  const until = outlook.next?.at ?? null;
  const event = decideWindow(link, stored.state, { due: outlook.due, until, policy: digest });
  if (event === null) return until;
  const op = `window:${link.name}:${stored.storedVersion ?? 0}:${claim.entry}:${claim.deliveries}`;
  // Moved: another bot has put it on record.
  await ledger.commit({ op, prior: null, events: [event], link: stored, claim });
  return until;
}

async function find(
  { linkTasks, timers, clock, onFault }: WatchLinkDeps,
  link: string,
  query: MemberQuery,
): Promise<void> {
  try {
    const { executions, denied } = await linkTasks.running(query);
    for (const { fault } of denied) onFault(fault, link, query);
    const at = clock.now();
    await timers.ensure(executions.map((execution) => ({ effect: { kind: 'member', execution }, at })));
  } catch (fault) {
    if (!(fault instanceof AwsFault)) throw fault;
    onFault(fault, link, query);
  }
}

/** Of each Region, what is read under one role. Tasks that no rule names are left alone. */
function queriesOf(policy: Policy, { tasks, locations }: Link): MemberQuery[] {
  const queries = new Map<string, { region: string; role: string | null; tasks: string[]; locations: string[] }>();
  const queryFor = (region: string, { role }: Pick<Rule, 'role'>) => {
    const key = `${region} ${role ?? ''}`;
    const query = queries.get(key) ?? { region, role, tasks: [], locations: [] };
    queries.set(key, query);
    return query;
  };
  for (const task of tasks) {
    const arn = parseTaskArn(task);
    const rule = arn && memberRule(policy, arn);
    if (arn && rule) queryFor(arn.region, rule).tasks.push(task);
  }
  for (const location of locations) {
    const place = placeOfLocation(location);
    // Which tasks these are is not known before: the rules that name the account and the Region say who may look.
    const roles = policy.rules.filter((rule) => isForPlace(rule, place)).map(({ role }) => role);
    for (const role of new Set(roles)) queryFor(place.region, { role }).locations.push(location);
  }
  return [...queries.values()];
}
