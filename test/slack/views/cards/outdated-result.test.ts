import { describe, expect, it } from 'vitest';
import type { ThrottleRequest } from '../../../../src/domain/request/throttle-request.ts';
import type { GrantEnd } from '../../../../src/domain/run/grant/timed-grant.ts';
import {
  currentResult,
  type LimitFacts,
  outdatedOf,
  outdatedResult,
} from '../../../../src/slack/views/cards/outdated-result.ts';
import {
  approval,
  ending,
  execution,
  expectGoodMessage,
  hold,
  NOW,
  RECORD,
  read,
  request,
  runWith,
  seal,
} from '../text/given-facts.ts';

const MIB = 1_048_576;
const LATER = new Date(NOW.getTime() + 7_200_000).toISOString();
const limit = (but: Partial<ThrottleRequest> = {}) =>
  request({ status: 'applied', ending: ending({ rate: 50 * MIB }), approvals: [approval()], ...but });
const SENT = { sentAt: LATER, attempt: 1 };
const end = (but: Partial<GrantEnd>): GrantEnd => ({
  at: LATER,
  how: 'skipped',
  why: null,
  rate: null,
  replacedBy: null,
  awsRequestId: null,
  refused: null,
  ...but,
});
const ended = (but: Partial<GrantEnd>) => limit({ hold: hold({ sent: SENT, end: end(but) }) });
/** By `r-other00000`, until `LATER`. */
const COVERED = runWith([{}, { request: 'r-other00000', rate: 20 * MIB, until: LATER }]);
const other = (but: Partial<ThrottleRequest> = {}) => limit({ id: 'r-other00000', ...but });

type Facts = Omit<LimitFacts, 'now'>;

function edited(of: Facts) {
  const facts = { ...of, now: NOW };
  const over = outdatedOf(facts);
  const message = over && outdatedResult({ ...facts, record: RECORD, seal }, over);
  if (!over || !message) return null;
  expectGoodMessage(message);
  return { key: over.key, all: read(message), first: read(message).split('\n')[0] };
}

describe('a result is not edited', () => {
  it('while the limit is in force', () => {
    const { id } = request();
    expect(edited({ request: limit(), limitSetBy: id, execution: execution() })).toBeNull();
    expect(edited({ request: limit({ hold: hold() }), limitSetBy: id, execution: null })).toBeNull();
  });

  it('where nothing was ever in force', () => {
    expect(edited({ request: request({ status: 'denied', ending: ending() }), limitSetBy: null })).toBeNull();
  });
});

describe('a result is edited once what it says is over', () => {
  it.each<[string, Facts, string, string]>([
    [
      'reverted',
      { request: ended({ how: 'reverted', rate: 100 * MIB }) },
      'ended',
      'Reverted: nightly_sync → 100 MiB/s',
    ],
    [
      'changed',
      { request: ended({ why: 'changed', rate: MIB }) },
      'ended',
      'Not reverted: the limit of nightly_sync was',
    ],
    ['its run ended', { request: ended({ why: 'ended' }) }, 'ended', 'Execution ended: nightly_sync'],
    ['denied', { request: ended({ how: 'failed', why: 'denied' }) }, 'ended', 'Revert failed: nightly_sync is still'],
    [
      'unseen',
      { request: ended({ how: 'failed', why: 'unseen' }) },
      'ended',
      'Revert sent, result unknown: nightly_sync',
    ],
    [
      'replaced, as an older version recorded it',
      { request: ended({ why: 'replaced', replacedBy: 'r-other00000' }) },
      'ended',
      'Replaced: nightly_sync, 50 MiB/s',
    ],
    [
      'extended, as an older version recorded it',
      { request: ended({ why: 'replaced', replacedBy: 'r-other00000', extendedUntil: LATER }) },
      'ended',
      'Extended: nightly_sync stays at 50 MiB/s',
    ],
    ['ended while covered', { request: ended({ why: 'covered' }) }, 'ended', 'Ended: nightly_sync, 50 MiB/s'],
    ['the same rate is next', { request: ended({ why: 'same-rate' }) }, 'ended', 'Ended: nightly_sync, 50 MiB/s'],
    [
      'covered',
      { request: limit(), limitSetBy: 'r-other00000', running: other(), run: COVERED },
      `covered r-other00000 ${LATER}`,
      'Covered by a newer limit: nightly_sync, 50 MiB/s',
    ],
    [
      'covered for good',
      { request: limit(), limitSetBy: 'r-other00000', run: runWith([{}, { request: 'r-other00000' }]) },
      'covered r-other00000 ',
      'Covered by a newer limit: nightly_sync, 50 MiB/s',
    ],
    [
      'extended',
      {
        request: limit(),
        limitSetBy: 'r-other00000',
        running: other({ extends: { request: 'r-0123456789', dueAt: LATER, totalSeconds: 60 } }),
        run: COVERED,
      },
      `covered r-other00000 ${LATER}`,
      'Extended: nightly_sync stays at 50 MiB/s',
    ],
    [
      'ended by a change outside while covered, without an end of its own',
      { request: limit(), limitSetBy: 'r-other00000', run: runWith([]) },
      'ended outside',
      'Limit changed outside the bot (console or CLI): nightly_sync, no longer 50 MiB/s',
    ],
    [
      'the run succeeded',
      { request: limit(), limitSetBy: 'r-0123456789', execution: execution({ status: 'SUCCESS' }) },
      'run over',
      'Execution ended: nightly_sync',
    ],
    ['the run is forgotten', { request: limit(), limitSetBy: null, execution: null }, 'run over', 'Execution ended'],
    [
      'drift',
      { request: limit({ drift: { at: LATER, rate: 7 * MIB } }), limitSetBy: 'r-0123456789', execution: execution() },
      `drift ${LATER}`,
      'Limit changed outside the bot (console or CLI): nightly_sync → 7 MiB/s',
    ],
  ])('%s', (_, facts, key, headline) => {
    const message = edited(facts);
    expect(message?.key).toBe(key);
    expect(message?.first).toContain(headline);
    expect(message?.all).not.toMatch(/Undo|Revert now|In force:|until it ends/);
    expect(message?.all).toContain('50 MiB/s (419 Mbit/s) was set <!date^1795353900^');
    expect(message?.all).toContain('audit record 42');
  });

  it('and says again that it is in force once the newer limit has ended', () => {
    const inForce = { rate: 50 * MIB, or: null, at: LATER, request: 'r-0123456789' };
    const run = runWith([{}], { inForce });
    const message = edited({ request: limit(), limitSetBy: 'r-0123456789', run, execution: execution() });
    expect(message?.key).toBe(`again ${LATER}`);
    expect(message?.first).toContain('In force: nightly_sync is limited to 50 MiB/s');
    expect(message?.all).toContain('Applies again since <!date^1795361100^');
    expect(message?.all).toContain('Revert now');
  });

  it('each time under a key of its own: covered, again, reverted', () => {
    const inForce = { rate: 50 * MIB, or: null, at: LATER, request: 'r-0123456789' };
    const facts: Facts[] = [
      { request: limit({ hold: hold() }), limitSetBy: 'r-0123456789', run: runWith([{}]) },
      { request: limit({ hold: hold() }), limitSetBy: 'r-other00000', run: COVERED },
      { request: limit({ hold: hold() }), limitSetBy: 'r-0123456789', run: runWith([{}], { inForce }) },
      { request: ended({ how: 'reverted', rate: 100 * MIB }), limitSetBy: 'r-0123456789', run: runWith([]) },
    ];
    const keys = facts.map((one) => edited(one)?.key ?? null);
    expect(keys).toEqual([null, `covered r-other00000 ${LATER}`, `again ${LATER}`, 'ended']);
  });

  it('also where the limit that was changed outside had been covered, whose end it is', () => {
    const drifted = { ...ended({ why: 'changed', rate: 7 * MIB }), drift: { at: LATER, rate: 7 * MIB } };
    expect(edited({ request: drifted })?.key).toBe(`drift ${LATER}`);
    // It was reverted before somebody changed the limit: that is not about it any more.
    const reverted = { ...ended({ how: 'reverted', rate: 100 * MIB }), drift: { at: LATER, rate: 7 * MIB } };
    expect(edited({ request: reverted })?.key).toBe('ended');
  });

  it('and is posted so where it comes late', () => {
    const facts = { request: ended({ how: 'reverted', rate: 100 * MIB }), record: RECORD, now: NOW, seal };
    expect(currentResult(facts)?.text).toContain('Reverted: nightly_sync → 100 MiB/s');
    expect(currentResult({ ...facts, request: limit() })?.text).toContain('In force: nightly_sync');
  });
});
