import type { ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import { button, context, quotedSection, section } from '../text/blocks.ts';
import { personName } from '../text/people-words.ts';
import { code, dateToken, link, type MessageView } from '../text/text.ts';
import { REVIEW_ACTION } from './card.ts';
import { requestStatusWords } from './request-status-words.ts';

/** A direct message to an approver who has not decided yet. */
export function reminderMessage(facts: {
  request: ThrottleRequest;
  /** The link to the card. */
  card: string | null;
  seal: (id: string) => string;
}): MessageView {
  const { request, card } = facts;
  const { headline, plainHeadline } = requestStatusWords(request);
  const until = `Open until ${dateToken(request.expiresAt)}`;
  const asked = `Asked by ${personName(request.requester)} in <#${request.channel}>, ${dateToken(request.requestedAt)}`;
  return {
    text: `A request waits for you to decide. ${plainHeadline} ${until}.`,
    blocks: [
      section(
        `*A request waits for you to decide*\n${headline}`,
        button(REVIEW_ACTION, 'Review', facts.seal(request.id), { style: 'primary' }),
      ),
      ...(request.reason ? [quotedSection('Reason', request.reason)] : []),
      context(`${asked}. ${until}. ${code(request.id)}${card ? ` · ${link(card, 'open the card')}` : ''}`),
    ],
  };
}
