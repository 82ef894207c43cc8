import type { Takeover } from '../../domain/hold.ts';
import { formatRate } from '../../domain/rate.ts';
import { dateToken } from './text.ts';

/** Why a request needs more approvals than its rate alone would; mrkdwn, one sentence. */
export function takeoverNote(takeover: Takeover): string {
  return `Needs the approvals for a change to ${formatRate(takeover.base)}: ${takeoverReason(takeover)}.`;
}

/** What it would do to the limit that runs: a clause. */
export function takeoverReason({ base, dueAt, why }: Takeover): string {
  const until = dateToken(dueAt);
  switch (why) {
    case 'ends-earlier':
      return `it ends before the running limit (until ${until}), so the execution would revert to ${formatRate(base)} sooner`;
    case 'revert-now':
      return `it gives *Revert now* to people who can’t end the running limit (until ${until}) today, and ending it reverts the execution to ${formatRate(base)}`;
  }
}

/** Why more may be needed than the rule that is named says. */
export const SEVERAL_POLICIES = 'Two policies are active while bots are being updated; the stricter one applies.';
