import { decideCancel } from '../../../src/domain/request/decide-cancel.ts';
import { decideExpire } from '../../../src/domain/request/decide-expire.ts';
import { decideExtension, lengthenedEvents } from '../../../src/domain/request/decide-extend.ts';
import { decideRequest, refusedEvent } from '../../../src/domain/request/decide-request.ts';
import { decideBegin, deniedEvent, unknownEvent, vanishedEvent } from '../../../src/domain/run/change/decide-apply.ts';
import { decideDrift } from '../../../src/domain/run/decide-drift.ts';
import { judgeUnseenRevert, skippedEvent } from '../../../src/domain/run/decide-revert.ts';
import { decideRevertNow } from '../../../src/domain/run/grant/decide-revert-now.ts';
import {
  ask,
  at,
  execution,
  facts,
  GROUPS,
  GUEST,
  LEAD,
  MIB,
  NOBODY,
  OPERATOR,
  PEOPLE,
  policy,
  ROLE,
  rule,
  SECOND,
} from '../given.ts';
import {
  BASE,
  begin,
  CHANGE,
  FREE,
  HOUR,
  inForce,
  LOOK,
  look,
  lookBack,
  NO_ANSWER,
  ONE,
  request,
  revert,
  review,
  SET,
  type Story,
  start,
  type Teller,
  TWO,
  UNTIL,
} from './given-story.ts';

/** A life of each kind, so that every event that a decision makes is told at least once. */
export function stories(): Story[] {
  return [
    ...decided(),
    ...refusals(),
    ...applied(),
    ...notApplied(),
    ...unknown(),
    ...reverted(),
    ...extended(),
    ...changedElsewhere(),
  ].map(({ story }) => story);
}

function decided(): Teller[] {
  const two = begin('approved by two, with an end, while bots run two policies');
  const raise = {
    ...{ rate: { kind: 'absolute', bytesPerSecond: 200 * MIB } as const, reason: 'call at 9' },
    ...{ durationSeconds: HOUR, endsAt: UNTIL, undoes: { request: 'r-undone', set: BASE } },
  };
  request(two, raise, rule(), TWO);
  review(two, LEAD, 'approve', null, TWO);
  review(two, SECOND, 'approve', 'fine "by" me\n', TWO);
  const denied = begin('denied');
  request(denied);
  review(denied, LEAD, 'deny', 'not now');
  const cancelled = begin('cancelled');
  request(cancelled);
  cancelled.add(5, ...decideCancel(cancelled.now(), OPERATOR, ONE).events);
  const expired = begin('expired');
  request(expired);
  expired.add(HOUR, ...decideExpire(expired.now(), at(HOUR), ONE));
  return [two, denied, cancelled, expired];
}

function refusals(): Teller[] {
  const asked = begin('requests refused');
  const about = { rule: rule(), inForce: TWO, from: BASE, to: null };
  const percent = ask({ rate: { kind: 'percent', percent: 0.5 }, durationSeconds: HOUR, endsAt: UNTIL });
  asked.add(
    1,
    refusedEvent(percent, { why: 'may-not-ask', denial: 'not-a-requester', rule: rule() }, about),
    refusedEvent(ask({ requester: GUEST }), { why: 'not-a-member', kind: 'guest' }, { ...about, inForce: ONE }),
    refusedEvent(ask(), { why: 'limit', limit: 'openPerUser', most: 2, open: ['r-1', 'r-2'] }, about),
    refusedEvent(
      ask({ undoes: { request: 'r-1', set: BASE } }),
      { why: 'no-rule', account: '1', region: 'eu-west-1', elsewhere: [] },
      { rule: null, inForce: ONE, from: null, to: null, other: 'digest of another' },
    ),
  );
  const decision = begin('a decision refused');
  request(decision);
  review(decision, NOBODY, 'approve', null, TWO);
  review(decision, GUEST, 'approve', null);
  review(decision, OPERATOR, 'deny', null);
  const now = inForce('Revert now refused');
  for (const by of [NOBODY, GUEST]) {
    const refused = decideRevertNow(now.now(), by, { inForce: TWO, groups: GROUPS, people: PEOPLE, now: at(70) });
    now.add(70, refused.event);
  }
  return [asked, decision, now];
}

function applied(): Teller[] {
  const plain = begin('applied, without an end');
  request(plain, {}, FREE);
  start(plain);
  look(plain, SET, null);
  const putOff = begin('applied after AWS put it off');
  request(putOff, {}, FREE);
  start(putOff);
  look(putOff, BASE, { ...NO_ANSWER, putOff: { why: 'throttled', action: CHANGE, said: 'Rate exceeded' } });
  look(putOff, BASE, { ...NO_ANSWER, putOff: { why: 'not-reached', action: LOOK, said: null } }, 63);
  look(putOff, BASE, null, 200);
  look(putOff, SET, { ...NO_ANSWER, requestId: 'aws-u' }, 201);
  return [plain, putOff];
}

function notApplied(): Teller[] {
  const failed = (name: string, end: (story: Teller) => void) => {
    const story = begin(name);
    request(story, {}, FREE);
    start(story);
    end(story);
    return story;
  };
  const refused = { ...NO_ANSWER, requestId: 'aws-u' };
  const stale = begin('out of date: another rate');
  request(stale, {}, FREE);
  const other = decideBegin(stale.now(), facts({ inForce: policy(FREE), execution: execution({ bytesPerSecond: 1 }) }));
  stale.add(61, other.kind === 'end' ? other.event : null);
  const gone = begin('out of date: not found');
  request(gone, {}, FREE);
  gone.add(61, vanishedEvent(gone.now(), 'd', { requestId: 'aws-3', said: 'not found' }));
  const rule2 = begin('out of date: no rule, while bots run two policies');
  request(rule2, {}, FREE);
  const noRule = decideBegin(
    rule2.now(),
    facts({ inForce: { ...policy(), others: TWO.others }, execution: execution() }),
  );
  rule2.add(61, noRule.kind === 'end' ? noRule.event : null);
  return [
    failed('failed: another rate', (story) => look(story, 7 * MIB, null)),
    failed('failed: refused by AWS', (story) =>
      look(story, BASE, { ...refused, refused: { why: 'denied', action: CHANGE, said: 'not authorized' } }),
    ),
    failed('failed: not found', (story) =>
      story.add(63, vanishedEvent(story.now(), 'd', { requestId: null, said: null })),
    ),
    failed('failed: may not look', (story) =>
      story.add(63, deniedEvent(story.now(), 'd', { action: LOOK, role: ROLE, said: null, requestId: 'aws-4' })),
    ),
    stale,
    gone,
    rule2,
  ];
}

function unknown(): Teller[] {
  const story = begin('not known what AWS did, then applied');
  request(story, {}, FREE);
  start(story);
  const denied = { action: LOOK, role: null, said: 'not authorized', requestId: 'aws-5' };
  story.add(63, unknownEvent(story.now(), 'd', { why: `${LOOK}: no-answer`, said: 'timed out' }));
  story.add(64, unknownEvent(story.now(), 'd', { why: `${LOOK}: denied`, said: 'not authorized' }, denied));
  look(story, SET, null, 65);
  return [story];
}

function reverted(): Teller[] {
  const back = inForce('reverted in time');
  revert(back);
  lookBack(back, BASE, { ...NO_ANSWER, requestId: 'aws-u' });
  const now = inForce('reverted early, after AWS put it off');
  const early = decideRevertNow(now.now(), OPERATOR, { inForce: ONE, groups: GROUPS, people: PEOPLE, now: at(70) });
  now.add(70, early.event);
  revert(now);
  lookBack(now, SET, { ...NO_ANSWER, refused: { why: 'rejected', action: CHANGE, said: 'Invalid' } });
  lookBack(now, SET, { ...NO_ANSWER, putOff: { why: 'clock', action: CHANGE, said: null } });
  lookBack(now, BASE, null);
  const changed = inForce('not reverted: changed elsewhere');
  revert(changed);
  lookBack(changed, 9 * MIB, null);
  const replaced = inForce('not reverted: replaced');
  const by = { replacedBy: 'r-next', extendedUntil: UNTIL };
  replaced.add(80, skippedEvent(replaced.held(), 'replaced', 'd', by));
  const ended = inForce('not reverted: the execution is gone');
  ended.add(80, skippedEvent(ended.held(), 'ended', 'd', { awsRequestId: 'aws-6', said: 'not found' }));
  const denied = inForce('could not be reverted: refused');
  revert(denied);
  lookBack(denied, SET, { ...NO_ANSWER, refused: { why: 'denied', action: CHANGE, said: 'not authorized' } });
  const unseen = inForce('could not be reverted: nobody may look');
  revert(unseen);
  const look = { action: LOOK, role: ROLE, said: null, requestId: null };
  unseen.add(3 * HOUR, judgeUnseenRevert(unseen.held(), look, { policy: 'd', now: at(3 * HOUR), sent: null }));
  return [back, now, changed, replaced, ended, denied, unseen];
}

function extended(): Teller[] {
  const running = inForce('more time', { durationSeconds: 600 }).held();
  const story = begin('more time for a limit that runs');
  const seen = execution({ bytesPerSecond: SET });
  const about = { rule: FREE, inForce: policy(FREE), groups: GROUPS, people: PEOPLE, execution: seen, now: at(100) };
  const { rate: _, ...more } = ask({ durationSeconds: 600, requester: LEAD });
  const decision = decideExtension({ ...more, durationSeconds: 600 }, running, about, 'r-more');
  if (!decision.ok) throw new Error(decision.refusal.why);
  story.add(100, decision.event);
  const followed = { running, execution: seen, inForce: policy(FREE), now: at(101) };
  story.add(101, ...lengthenedEvents(story.now(), followed));
  const late = begin('more time for a limit that is over');
  late.add(100, decision.event);
  late.add(101, ...lengthenedEvents(late.now(), { ...followed, running: null }));
  const strict = rule({ approvals: { lower: 0, raise: 2, unlimited: null }, maxDurationSeconds: null });
  const takeover = begin('takes the place of a limit that would end later');
  const sooner = decideRequest(
    ask({ rate: { kind: 'absolute', bytesPerSecond: 40 * MIB }, durationSeconds: 120 }),
    { ...about, rule: strict, inForce: policy(strict), running },
    'r-sooner',
  );
  if (!sooner.ok) throw new Error(sooner.refusal.why);
  takeover.add(100, sooner.event);
  return [story, late, takeover];
}

function changedElsewhere(): Teller[] {
  const drift = inForce('changed outside the bot');
  drift.add(90, decideDrift(drift.now(), execution({ bytesPerSecond: 3 * MIB }), 'd'));
  return [drift];
}
