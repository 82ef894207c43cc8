import { elementsOf } from '../../../../sandbox/slack/block-walk.ts';
import type { ThrottleRequest } from '../../../../src/domain/request/throttle-request.ts';
import type { GrantEnd, TimedGrant } from '../../../../src/domain/run/grant/timed-grant.ts';
import { type CardFacts, cardMessage } from '../../../../src/slack/views/cards/card.ts';
import {
  ending,
  execution,
  expectGoodMessage,
  hold,
  NOW,
  RECORD,
  read,
  request,
  rule,
  seal,
} from '../text/given-facts.ts';

export const MIB = 1_048_576;

const APPLY = { startedAt: NOW.toISOString(), sentAt: NOW.toISOString(), attempt: 1, role: null, unknownSince: null };

export const LENA = { team: 'T0', user: 'U0LEAD', name: 'Bo Lead' };

export const held = (but: Partial<ThrottleRequest> = {}) =>
  request({ status: 'applied', apply: APPLY, ending: ending({ rate: 50 * MIB }), hold: hold(), ...but });

export const SENT = { sentAt: NOW.toISOString(), attempt: 1 };

export const over = (but: Partial<GrantEnd>, sent: TimedGrant['sent'] = null) =>
  held({
    hold: hold({
      sent: but.how === 'reverted' || but.how === 'failed' ? SENT : sent,
      end: {
        at: NOW.toISOString(),
        how: 'skipped',
        why: null,
        rate: null,
        replacedBy: null,
        awsRequestId: null,
        refused: null,
        ...but,
      },
    }),
  });

export function card(but: Partial<CardFacts> = {}) {
  const running = execution({ bytesPerSecond: 50 * MIB });
  const message = cardMessage({
    request: held(),
    record: RECORD,
    rule: rule(),
    execution: running,
    now: NOW,
    seal,
    ...but,
  });
  expectGoodMessage(message);
  const actions = elementsOf(JSON.parse(JSON.stringify(message.blocks))).map(({ actionId }) => actionId);
  return { ...message, actions, all: read(message), first: read(message).split('\n')[0] ?? '' };
}
