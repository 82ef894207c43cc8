import { describe, expect, it } from 'vitest';
import type { TaskExecution } from '../../../../src/domain/execution/task-execution.ts';
import {
  type ChangeVerdict,
  judgeChange,
  judgeUnseen,
  UNSEEN_SECONDS,
} from '../../../../src/domain/run/change/judge-change.ts';
import {
  DEFERRED_SECONDS,
  type Deferral,
  MAX_REJECTIONS,
  MAX_SENDS,
  SETTLE_SECONDS,
  type Sent,
} from '../../../../src/domain/run/change/sending.ts';
import type { ChangeCause, ChangeInFlight } from '../../../../src/domain/run/run.ts';
import { at, execution, MIB, ROLE } from '../../given.ts';
import { ACCEPTED, NO_ANSWER } from '../../given-run.ts';

const FROM = 100 * MIB;
const TO = 50 * MIB;
const ACTION = 'datasync:UpdateTaskExecution';
const CAUSES: ChangeCause[] = ['grant', 'end', 'late-write'];
const DENIED: Sent = { ...NO_ANSWER, refused: { why: 'denied', action: ACTION } };
const REJECTED: Sent = { ...NO_ANSWER, refused: { why: 'rejected', action: ACTION } };
const putOff = (why: Deferral['why']): Deferral => ({ why, action: ACTION });
const deferred = (why: Deferral['why']): Sent => ({ ...NO_ANSWER, putOff: putOff(why) });

function inFlight(but: Partial<ChangeInFlight> = {}): ChangeInFlight {
  const sentAt = at(0).toISOString();
  const rates = { from: FROM, to: TO, sentAt, attempt: 1, role: ROLE, putOff: null };
  return { cause: 'grant', request: 'r-1', grant: 'r-1', ...rates, ...but };
}

interface Look {
  after?: number;
  sent?: Sent | null;
  takenOver?: boolean;
}

function judged(
  change: Partial<ChangeInFlight>,
  seen: Partial<TaskExecution>,
  { after = 1, sent = null, takenOver = false }: Look = {},
): ChangeVerdict {
  const shown = execution({ bytesPerSecond: FROM, ...seen });
  return judgeChange(inFlight(change), shown, { now: at(after), sent, takenOver });
}

describe.each(CAUSES)('what AWS shows after a change was sent, for %s', (cause) => {
  const look = (seen: Partial<TaskExecution>, more: Look = {}, but: Partial<ChangeInFlight> = {}) =>
    judged({ cause, ...but }, seen, more);

  it.each<[string, Partial<TaskExecution>, Look, Partial<ChangeInFlight>, ChangeVerdict]>([
    ['the new rate', { bytesPerSecond: TO }, { sent: ACCEPTED }, {}, { kind: 'done', open: false }],
    ['the new rate, read later', { bytesPerSecond: TO }, {}, {}, { kind: 'done', open: false }],
    ['the new rate, at the end', { bytesPerSecond: TO, status: 'SUCCESS' }, {}, {}, { kind: 'done', open: false }],
    ['the new rate after a no', { bytesPerSecond: TO }, { sent: DENIED }, {}, { kind: 'done', open: true }],
    ['the new rate after no answer', { bytesPerSecond: TO }, { sent: NO_ANSWER }, {}, { kind: 'done', open: true }],
    [
      'the new rate after several sends',
      { bytesPerSecond: TO },
      { sent: ACCEPTED },
      { attempt: 2 },
      { kind: 'done', open: true },
    ],
    [
      'the new rate after an error',
      { bytesPerSecond: TO },
      {},
      { putOff: putOff('error') },
      { kind: 'done', open: true },
    ],
    [
      'the new rate after silence',
      { bytesPerSecond: TO },
      {},
      { putOff: putOff('no-answer') },
      { kind: 'done', open: true },
    ],
    [
      'the new rate after too many calls',
      { bytesPerSecond: TO },
      {},
      { putOff: putOff('throttled') },
      { kind: 'done', open: false },
    ],
    ['a third rate', { bytesPerSecond: 42 * MIB }, {}, {}, { kind: 'changed-outside' }],
    ['no limit', { bytesPerSecond: -1, status: 'SUCCESS' }, { sent: DENIED }, {}, { kind: 'changed-outside' }],
    ['the old rate at the end', { status: 'SUCCESS' }, {}, {}, { kind: 'ended' }],
    ['the old rate while it is cancelled', { status: 'CANCELLING' }, { sent: REJECTED }, {}, { kind: 'ended' }],
    [
      'the old rate after a clear no',
      {},
      { sent: DENIED },
      {},
      { kind: 'refused', refused: { why: 'denied', action: ACTION } },
    ],
    [
      'the old rate, where AWS put it off',
      {},
      { sent: deferred('throttled') },
      { attempt: MAX_SENDS },
      { kind: 'put-off', putOff: putOff('throttled') },
    ],
    ['the old rate after an error', {}, { sent: deferred('error') }, {}, { kind: 'put-off', putOff: putOff('error') }],
    [
      'the old rate after no answer',
      {},
      { sent: deferred('no-answer') },
      {},
      { kind: 'put-off', putOff: putOff('no-answer') },
    ],
    ['the old rate, not for long', {}, { after: SETTLE_SECONDS - 1 }, {}, { kind: 'look-again' }],
    ['the old rate, for long', {}, { after: SETTLE_SECONDS }, {}, { kind: 'send-again', attempt: 2 }],
    [
      'the old rate after the last send',
      {},
      { after: SETTLE_SECONDS - 1 },
      { attempt: MAX_SENDS },
      { kind: 'look-again' },
    ],
    [
      'the old rate long after the last send',
      {},
      { after: SETTLE_SECONDS },
      { attempt: MAX_SENDS },
      { kind: 'ignored' },
    ],
    ['the worker that was to send is gone', {}, { after: 14, takenOver: true }, {}, { kind: 'look-again' }],
    ['the same for 15 s', {}, { after: 15, takenOver: true }, {}, { kind: 'send-again', attempt: 2 }],
    ['put off, not yet', {}, { after: DEFERRED_SECONDS - 1 }, { putOff: putOff('throttled') }, { kind: 'look-again' }],
    [
      'put off, which counts for no send',
      {},
      { after: DEFERRED_SECONDS },
      { putOff: putOff('clock'), attempt: MAX_SENDS },
      { kind: 'send-again', attempt: MAX_SENDS },
    ],
    [
      'an error, which counts for one',
      {},
      { after: DEFERRED_SECONDS },
      { putOff: putOff('error') },
      { kind: 'send-again', attempt: 2 },
    ],
    [
      'an error at the last send',
      {},
      { after: DEFERRED_SECONDS },
      { putOff: putOff('error'), attempt: MAX_SENDS },
      { kind: 'ignored' },
    ],
    ['no answer, not yet', {}, { after: SETTLE_SECONDS - 1 }, { putOff: putOff('no-answer') }, { kind: 'look-again' }],
    [
      'no answer, for long',
      {},
      { after: SETTLE_SECONDS },
      { putOff: putOff('no-answer') },
      { kind: 'send-again', attempt: 2 },
    ],
  ])('%s', (_, seen, more, but, verdict) => {
    expect(look(seen, more, but)).toEqual(verdict);
  });

  it('where AWS refused it as invalid, a new limit fails and others are tried again for a while', () => {
    const refused = { kind: 'refused', refused: { why: 'rejected', action: ACTION } };
    const waits = { kind: 'put-off', putOff: putOff('rejected') };
    expect(look({}, { sent: REJECTED })).toEqual(cause === 'grant' ? refused : waits);
    expect(look({}, { sent: REJECTED }, { attempt: MAX_REJECTIONS })).toEqual(refused);
    const rejected = { putOff: putOff('rejected'), attempt: 5 };
    expect(look({}, { after: SETTLE_SECONDS - 1 }, rejected)).toEqual({ kind: 'look-again' });
    expect(look({}, { after: SETTLE_SECONDS }, rejected)).toEqual({ kind: 'send-again', attempt: 6 });
  });
});

describe('a result that AWS denies reading', () => {
  const about = { action: 'datasync:DescribeTaskExecution', role: ROLE, requestId: 'aws-7' };
  const unseen = (after: number, sent: Sent | null = null, attempt = 1) =>
    judgeUnseen({ sentAt: at(0).toISOString(), attempt }, about, { now: at(after), sent });

  it('is given up after a while', () => {
    expect(unseen(UNSEEN_SECONDS - 1)).toBeNull();
    expect(unseen(UNSEEN_SECONDS)).toEqual({ why: 'unseen', about });
  });

  it.each([
    ['denied', DENIED],
    ['rejected', REJECTED],
  ] as const)('is clear at once where AWS %s the only send', (why, sent) => {
    expect(unseen(1, sent)).toMatchObject({ why, about: { action: ACTION, role: ROLE } });
    // The first one may have been carried out.
    expect(unseen(1, sent, 2)).toBeNull();
  });
});
