import type { OverUse } from '../../domain/policy/use-limits.ts';
import type { RequestRefusal } from '../../domain/request/refusal.ts';
import { count } from '../../domain/text/count.ts';
import { code, listed } from '../views/text/text.ts';

/** Keeps the text short, however many requests a policy allows. */
const MAX_NAMED = 10;

/** A command or form beyond a usage limit: mrkdwn. */
export function overUseWords({ limit, most, waitSeconds }: OverUse): string {
  const again = `Try again in ${count(waitSeconds, 'second')}.`;
  const nothing = 'This one was not run; nothing was changed.';
  switch (limit) {
    case 'perUser':
      return `You have reached the limit of ${count(most, 'command')} a minute for each person (${code('perUser')} in the policy). ${nothing} ${again}`;
    case 'perChannel':
      return `This channel has reached its limit of ${count(most, 'command')} a minute for everybody in it together (${code('perChannel')} in the policy). ${nothing} ${again} Other channels are not affected.`;
  }
}

/** The person has as many open requests as the policy allows: mrkdwn. */
export function openLimitWords({ most, open }: Extract<RequestRefusal, { why: 'limit' }>): string {
  const left = open.length - MAX_NAMED;
  const next = 'Cancel one of them on its card, or wait until one is applied, denied or expired.';
  const names = [...open.slice(0, MAX_NAMED).map(code), ...(left > 0 ? [`${left} more`] : [])];
  return `You have reached the limit of ${count(most, 'open request')} for each person (${code('openPerUser')} in the policy). Request not created; the limit is unchanged.${open.length > 0 ? `\nOpen now: ${listed(names)}. ${next}` : ' Try again in a few seconds: others that you sent are still being created.'}`;
}

/** More look-ups at once than can be answered in time. */
export const TOO_BUSY =
  'Too many look-ups are waiting already, so this one was not run. Nothing was changed; transfers are not affected. Try again in a minute.';
