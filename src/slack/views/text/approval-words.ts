import { formatRate } from '../../../domain/rate/rate.ts';
import type { Exceeded } from '../../../domain/run/exceeded.ts';
import type { NextLimit } from '../../../domain/run/limit-ends.ts';
import { code, dateToken } from './text.ts';

const DIGEST_SHOWN = 12;

/** Why a limit that does not raise the current one needs the approvals for a raise; mrkdwn, one sentence. */
export function exceedsNote({ rate, from }: Exceeded): string {
  const when = from === null ? 'from now on' : `from ${dateToken(from)}`;
  return `Counts as a raise: without it, the limit would be ${formatRate(rate)} ${when}.`;
}

/** What applies after a requested limit, if it were set now; one sentence. */
export function nextNote({ at, rate, request }: NextLimit): string {
  const whose = request ? `, the limit of request ${code(request)}` : '';
  return `If set now, it reverts ${dateToken(at)} to ${formatRate(rate)}${whose}.`;
}

/** Explains why more approvals may be needed than the named rule says. */
export const SEVERAL_POLICIES = 'Two policies are active while bots are being updated; the stricter one applies.';

/** The deciding policy is another bot's: one that is not updated yet, or already is. */
export function otherPolicyNote(digest: string): string {
  return `Two policies are active while bots are being updated, and the stricter one applies: this answer comes from policy ${code(digest.slice(0, DIGEST_SHOWN))}.`;
}
