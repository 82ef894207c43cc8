import { formatRate } from '../../../domain/rate/rate.ts';
import type { Takeover } from '../../../domain/run/timed-grant.ts';
import { code, dateToken } from './text.ts';

const DIGEST_SHOWN = 12;

/** Why a request needs more approvals than its rate alone would; mrkdwn, one sentence. */
export function takeoverNote(takeover: Takeover): string {
  return `Needs the approvals for a change to ${formatRate(takeover.base)}: ${takeoverReason(takeover)}.`;
}

/** What the request would do to the limit that is set now, as a clause. */
function takeoverReason({ base, dueAt, why }: Takeover): string {
  const until = dateToken(dueAt);
  switch (why) {
    case 'ends-earlier':
      return `it ends before the running limit (until ${until}), so the execution would revert to ${formatRate(base)} sooner`;
    case 'revert-now':
      return `it gives *Revert now* to people who can’t end the running limit (until ${until}) today, and ending it reverts the execution to ${formatRate(base)}`;
  }
}

/** Explains why more approvals may be needed than the named rule says. */
export const SEVERAL_POLICIES = 'Two policies are active while bots are being updated; the stricter one applies.';

/** For a rule that does not allow the rate that the current limit reverts to. The sentence begins with `rule`. */
export function endNotAllowed(rule: string, takeover: Takeover, unchanged: string): string {
  const what = `${rule} doesn’t allow a change to ${formatRate(takeover.base)}, and this leads to one: ${takeoverReason(takeover)}.`;
  const instead =
    takeover.why === 'ends-earlier'
      ? 'Request it without a duration, or with one that ends later.'
      : 'Request another rate without a duration, or have somebody request this who can end the running limit.';
  return `${what} ${unchanged} ${instead}`;
}

/** The deciding policy is another bot's: one that is not updated yet, or already is. */
export function otherPolicyNote(digest: string): string {
  return `Two policies are active while bots are being updated, and the stricter one applies: this answer comes from policy ${code(digest.slice(0, DIGEST_SHOWN))}.`;
}
