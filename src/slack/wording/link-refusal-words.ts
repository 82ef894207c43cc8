import type { CapacityRefusal } from '../../domain/link/decide-capacity.ts';
import { formatRate } from '../../domain/rate/rate.ts';
import type { RequestRefusal } from '../../domain/request/refusal.ts';
import { formatDuration } from '../../domain/time/duration.ts';
import { otherPolicyNote } from '../views/text/approval-words.ts';
import { code } from '../views/text/text.ts';
import { elsewhereLines } from './request-refusal-words.ts';

type OfLinksAlone = Exclude<CapacityRefusal, RequestRefusal>;

const OF_LINKS: ReadonlySet<string> = new Set<OfLinksAlone['why']>(['no-link-rule', 'end-required', 'same-capacity']);

/** A refusal that only links have; the others have words of their own. */
export function isOfLinksAlone(refusal: CapacityRefusal): refusal is OfLinksAlone {
  return OF_LINKS.has(refusal.why);
}

/** `other`: the digest of the policy that refused, if it is not this bot's own. */
export function linkRefusalWords(refusal: OfLinksAlone, other?: string): string {
  const words = ownWords(refusal);
  return other === undefined ? words : `${words}\n${otherPolicyNote(other)}`;
}

function ownWords(refusal: OfLinksAlone): string {
  switch (refusal.why) {
    case 'no-link-rule':
      return [
        `No policy rule covers link ${code(refusal.link)} in this channel.`,
        ...elsewhereLines(refusal.elsewhere),
      ].join('\n');
    case 'end-required':
      return `A request for a link needs an end, after at most ${formatDuration(refusal.max)}. Add \`for 30m\` or \`until 18:00\`.`;
    case 'same-capacity':
      return `The capacity is ${formatRate(refusal.capacity)} for that whole time anyway. Write another rate or a later end.`;
  }
}
