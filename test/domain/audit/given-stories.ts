import { decideCancel } from '../../../src/domain/request/decide-cancel.ts';
import { decideExpire } from '../../../src/domain/request/decide-expire.ts';
import { refusedEvent } from '../../../src/domain/request/decide-request.ts';
import { skippedEvent, undoneEvent } from '../../../src/domain/run/change/change-events.ts';
import { decideBegin, deniedEvent, unknownEvent, vanishedEvent } from '../../../src/domain/run/change/decide-apply.ts';
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
import { extensions } from './given-extensions.ts';
import {
  ACCEPTED,
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
  planned,
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
import { unexpected } from './given-unexpected.ts';

/** A life of each kind, so that every event that a decision makes is told at least once. */
export function stories(): Story[] {
  return [
    ...decided(),
    ...refusals(),
    ...applied(),
    ...notApplied(),
    ...unknown(),
    ...reverted(),
    ...extensions(),
    ...unexpected(),
  ].map(({ story }) => story);
}

function decided(): Teller[] {
  const two = begin('approved by two, with an end, while bots run two policies');
  const raise = {
    ...{ rate: { kind: 'absolute', bytesPerSecond: 200 * MIB } as const, reason: 'call at 9' },
    ...{ durationSeconds: HOUR, endsAt: UNTIL, undoes: { request: 'r-undone' } },
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
      ask({ undoes: { request: 'r-1' } }),
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
    const refused = decideRevertNow(now.now(), by, { ...revertFacts(now), inForce: TWO });
    if (refused.ok) throw new Error('was not to be allowed');
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
  look(putOff, SET, ACCEPTED, 201);
  const unsure = begin('applied after AWS did not answer');
  request(unsure, {}, FREE);
  start(unsure);
  look(unsure, BASE, { ...NO_ANSWER, putOff: { why: 'no-answer', action: CHANGE, said: null } });
  look(unsure, SET, null, 64);
  return [plain, putOff, unsure];
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
      story.add(63, undoneEvent(planned(story), { why: 'not-found', execution: null })),
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
  lookBack(back, BASE, ACCEPTED);
  const now = inForce('reverted early, after AWS put it off');
  now.add(70, earlyEnd(now, OPERATOR));
  revert(now);
  lookBack(now, SET, { ...NO_ANSWER, refused: { why: 'rejected', action: CHANGE, said: 'Invalid' } });
  lookBack(now, SET, { ...NO_ANSWER, putOff: { why: 'clock', action: CHANGE, said: null } });
  lookBack(now, SET, null, 3 * HOUR);
  lookBack(now, BASE, null, 3 * HOUR + 1);
  const changed = inForce('not reverted: changed elsewhere');
  revert(changed);
  lookBack(changed, 9 * MIB, null);
  const covered = inForce('not reverted: covered by a later limit');
  covered.add(80, skippedEvent(covered.held(), 'covered', { policy: 'd' }));
  const same = inForce('not reverted: the next limit has the same rate');
  const facts = { execution: execution({ bytesPerSecond: SET }), next: { grant: 'r-before' } };
  same.add(2 * HOUR, skippedEvent(same.held(), 'same-rate', { policy: 'd', to: SET }, facts));
  const lacking = inForce('ended early, for want of approvals');
  const end = earlyEnd(lacking, OPERATOR);
  lacking.add(80, { ...end, actor: null, detail: { ...end.detail, why: 'approvals' } });
  const lost = inForce('could not be reverted: what was before is unknown');
  const plan = planToRevert(lost);
  lost.add(2 * HOUR, undoneEvent(plan, { why: 'base-unknown', execution: execution({ bytesPerSecond: SET }) }));
  const ended = inForce('not reverted: the execution is gone');
  ended.add(80, skippedEvent(ended.held(), 'ended', { policy: 'd' }, { awsRequestId: 'aws-6', said: 'not found' }));
  const denied = inForce('could not be reverted: refused');
  revert(denied);
  lookBack(denied, SET, { ...NO_ANSWER, refused: { why: 'denied', action: CHANGE, said: 'not authorized' } });
  const unseen = inForce('could not be reverted: nobody may look');
  revert(unseen);
  const look = { action: LOOK, role: ROLE, said: null, requestId: null };
  unseen.add(3 * HOUR, undoneEvent(planned(unseen), { why: 'unseen', execution: null, about: look }));
  return [back, now, changed, covered, same, lacking, lost, ended, denied, unseen];
}

function revertFacts(story: Teller) {
  const above = new Map<string, never>();
  return { run: story.run(), above, inForce: ONE, groups: GROUPS, people: PEOPLE, now: at(70) };
}

function earlyEnd(story: Teller, by: typeof OPERATOR) {
  const early = decideRevertNow(story.now(), by, revertFacts(story));
  if (!early.ok) throw new Error(early.refusal.why);
  return early.ends[0].event;
}

function planToRevert(story: Teller): Parameters<typeof undoneEvent>[0] {
  const request = story.held();
  const { role, base } = request.hold;
  const { execution: arn } = request;
  return { execution: arn, cause: 'end', request, grant: null, from: SET, to: base, role, policy: 'd' };
}
