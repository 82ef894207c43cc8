import type { Rule } from './policy.ts';
import type { PolicyFault } from './policy-fields.ts';

/** The parts of a rule that can contradict each other; null if a part is absent or can't be parsed. */
interface RuleParts extends Pick<Rule, 'approvers' | 'requesters' | 'rate' | 'role'> {
  readonly approvals: Rule['approvals'] | null;
  readonly accounts: readonly string[] | null;
}

/** Settings that are valid alone but not together: such a rule would let nobody through, or fail at every apply. */
export function contradictions(parts: RuleParts): PolicyFault[] {
  const faults = parts.approvals === null ? [] : tooManyApprovals(parts, parts.approvals);
  const { min, max } = parts.rate;
  if (min !== null && max !== null && min > max) {
    faults.push({ path: ['rate', 'min'], problem: 'is more than max', expected: 'a min that is at most max' });
  }
  const account = parts.role?.split(':')[4];
  const accounts = [...new Set(parts.accounts)];
  if (account !== undefined && (accounts.length !== 1 || accounts[0] !== account)) {
    const has = parts.accounts === null ? 'is absent' : `is ${accounts.join(', ')}`;
    const problem = `is a role of account ${account}, and match.accounts ${has}`;
    faults.push({ path: ['role'], problem, expected: `match.accounts with the one entry "${account}"` });
  }
  return faults;
}

function tooManyApprovals({ approvers, requesters }: RuleParts, approvals: Rule['approvals']): PolicyFault[] {
  if (approvers.groups.length > 0) return [];
  const asked = Object.entries(approvals).filter(([, needed]) => needed !== null && needed > 0);
  if (asked.length > 0 && approvers.users.length === 0) {
    const problem = 'is missing, and approvals are needed';
    return [{ path: ['approvers'], problem, expected: 'at least one user or group' }];
  }
  // The requester is never an approver. If only named users may request, this is the highest number of approvers that
  // any of them has.
  const namedRequesters = requesters === null || requesters.groups.length > 0 ? [] : requesters.users;
  const othersThan = (asker: string) => approvers.users.filter((user) => user !== asker).length;
  const most = namedRequesters.length === 0 ? approvers.users.length : Math.max(...namedRequesters.map(othersThan));
  const over = asked.filter(([, needed]) => Number(needed) > most);
  const expected = `at most ${most}, since no more approvers are named beside the requester`;
  const allAlike = over.length === 3 && new Set(Object.values(approvals)).size === 1;
  if (allAlike) return [{ path: ['approvals'], problem: `is ${approvals.lower}`, expected }];
  return over.map(([direction, needed]) => ({ path: ['approvals', direction], problem: `is ${needed}`, expected }));
}
