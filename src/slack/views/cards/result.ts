import type { KnownBlock } from '@slack/types';
import { formatRate, UNLIMITED } from '../../../domain/rate/rate.ts';
import type { ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import { hasOpenGrant } from '../../../domain/run/grant/timed-grant.ts';
import type { Run } from '../../../domain/run/run.ts';
import type { RecordRef } from '../../../workflow/ports/commit.ts';
import { actions, context, quotedSection, section } from '../text/blocks.ts';
import { shortName, stayingNote } from '../text/execution-words.ts';
import { approvalComments, approverNames, personName } from '../text/people-words.ts';
import { clip, code, dateToken, escapeText, type MessageView, mentionUser, oneLine } from '../text/text.ts';
import { cappedWords } from './capped-words.ts';
import { limitButtons } from './card.ts';
import { appliesAgainSince } from './covered-words.ts';
import { changeWords, nextRate } from './limit-status-words.ts';
import { expiredSentence, failedSentence, staleSentence } from './request-status-words.ts';

/** Of results that older versions posted. */
export const UNDO_ACTION = 'undo';

/** The first of a record's 64 hex digits: enough to find the record and to notice a changed one. */
const HASH_SHOWN = 20;
/** Characters of the comment in `text`, which a screen reader may read aloud. */
const MAX_SPOKEN_LENGTH = 150;

export interface ResultView extends MessageView {
  /** Also shown in the channel, not only in the request's thread. */
  broadcast: boolean;
}

interface ResultFacts {
  request: ThrottleRequest;
  record: RecordRef;
  /** Null: not looked up. */
  run?: Run | null;
  now: Date;
  /** Seals a request id as the value of a button. */
  seal: (id: string) => string;
}

/**
 * The result of a request, for its thread. Null while the request is open or if it was cancelled: then the card says
 * everything.
 */
export function resultMessage(facts: ResultFacts): ResultView | null {
  const { request } = facts;
  const name = shortName({ taskName: request.taskName, arn: request.execution });
  const asker = mentionUser(request.requester.user);
  switch (request.status) {
    case 'applied':
      return applied(facts, name);
    case 'failed':
      return resultView(facts, {
        broadcast: true,
        ...(request.ending?.why === 'unseen'
          ? { emoji: 'warning', headline: `Not known: whether ${name} was set to ${formatRate(request.to)}` }
          : { emoji: 'no_entry', headline: `Failed: ${name} was not set to ${formatRate(request.to)}` }),
        sentence: `${failedSentence(request)} Asked by ${asker}.`,
      });
    case 'stale':
      return resultView(facts, {
        broadcast: false,
        emoji: 'warning',
        headline: `Out of date, nothing was sent to AWS: ${name}, ${changeWords(request)}`,
        sentence: `${asker} ${staleSentence(request)}${request.extends ? '' : ' `Ask again` on the card makes a new request.'}`,
      });
    case 'denied':
      return resultView(facts, {
        broadcast: false,
        emoji: 'no_entry',
        headline: request.extends ? `Denied: no more time for ${name}` : `Denied: ${name} stays as it is`,
        sentence: `${asker} ${personName(request.ending?.by ?? null)} said no to ${changeWords(request)}.${request.extends ? ' The time runs on, and the limit goes back when it is over.' : ''}`,
      });
    case 'expired':
      return resultView(facts, {
        broadcast: false,
        emoji: 'no_entry',
        headline: `Expired, nothing was sent to AWS: ${name}, ${changeWords(request)}`,
        sentence: `${asker} ${expiredSentence(request)} Still wanted? Ask again.`,
      });
    case 'cancelled':
    case 'pending':
    case 'approved':
    case 'applying':
      return null;
  }
}

function applied(facts: ResultFacts, name: string): ResultView {
  const { request } = facts;
  if (request.extends) return lengthened(facts, name);
  const rate = request.ending?.rate ?? request.to;
  const names = approverNames(request.approvals);
  const agreed = names ? `approved by ${names}` : 'no approval needed';
  const at = request.ending ? ` ${dateToken(request.ending.at)}` : '';
  const again = appliesAgainSince(request, facts.run ?? null);
  const since = again ? ` Applies again since ${dateToken(again)}: a newer limit has ended.` : '';
  return resultView(facts, {
    broadcast: true,
    emoji: 'white_check_mark',
    headline:
      rate === UNLIMITED
        ? `In force: ${name} has no limit now (unlimited)`
        : `In force: ${name} is limited to ${formatRate(rate)}`,
    sentence: `Read back from AWS${at}; it was ${formatRate(request.from)}.${since} Asked by ${mentionUser(request.requester.user)}, ${agreed}.`,
    note: [cappedWords(request, facts.run ?? null, facts.now), request.hold ? grantNote(facts) : stayingNote(request)]
      .filter((line) => line !== null)
      .join(' '),
    way: 'back',
  });
}

/** When the limit reverts, as recorded when it was set. */
function grantNote({ request, run = null, now }: ResultFacts): string {
  const back = hasOpenGrant(request)
    ? ` It goes back to ${formatRate(nextRate(request, run, now))} by itself ${dateToken(request.hold.dueAt)}, if nobody has changed it since.`
    : '';
  return `The limit holds for this one run only.${back}`;
}

function lengthened(facts: ResultFacts, name: string): ResultView {
  const { request } = facts;
  const names = approverNames(request.approvals);
  const due = request.extends ? dateToken(request.extends.dueAt) : '';
  return resultView(facts, {
    broadcast: true,
    emoji: 'white_check_mark',
    headline: `More time: ${name} stays limited to ${formatRate(request.to)}`,
    sentence: `Until ${due}. Asked by ${mentionUser(request.requester.user)}, ${names ? `approved by ${names}` : 'no approval needed'}. Nothing was sent to AWS for it.`,
    note: grantNote(facts),
    way: 'back',
  });
}

/** Lays out a result: headline, comment and the record that proves it. */
export function resultView(
  { request, record, run = null, now, seal }: ResultFacts,
  of: { broadcast: boolean; emoji: string; headline: string; sentence: string; note?: string; way?: 'back' },
): ResultView {
  const comment = request.ending?.comment;
  const proof = `Request ${code(request.id)} · audit record ${record.seq} · hash ${code(record.hash.slice(0, HASH_SHOWN))}`;
  const blocks: KnownBlock[] = [
    section(`:${of.emoji}: *${of.headline}*\n${of.sentence}`),
    ...approvalComments(request.approvals),
    ...(comment ? [quotedSection('Comment', comment)] : []),
    ...actions(of.way ? limitButtons(request, { run, now, seal }).slice(0, 1) : []),
    context(of.note ? `${of.note}\n${proof}` : proof),
  ];
  const said = comment ? ` Comment: ${escapeText(clip(oneLine(comment), MAX_SPOKEN_LENGTH))}` : '';
  return { text: `${of.headline}. ${of.sentence}${said}`, blocks, broadcast: of.broadcast };
}
