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
const other = (but: Partial<ThrottleRequest> = {}) => limit({ id: 'r-other00000', ...but });

function edited(facts: LimitFacts) {
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
  it.each<[string, LimitFacts, string, string]>([
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
      'replaced',
      { request: ended({ why: 'replaced', replacedBy: 'r-other00000' }) },
      'replaced r-other00000',
      'Replaced: nightly_sync, 50 MiB/s',
    ],
    [
      'replaced, without an end of its own',
      { request: limit(), limitSetBy: 'r-other00000', running: other() },
      'replaced r-other00000',
      'Replaced: nightly_sync, 50 MiB/s',
    ],
    [
      'extended',
      { request: ended({ why: 'replaced', replacedBy: 'r-other00000', extendedUntil: LATER }) },
      'replaced r-other00000',
      'Extended: nightly_sync stays at 50 MiB/s',
    ],
    [
      'extended, as an older version stored it',
      {
        request: ended({ why: 'replaced', replacedBy: 'r-other00000' }),
        limitSetBy: 'r-other00000',
        running: other({ extends: { request: 'r-0123456789', dueAt: LATER, totalSeconds: 60 } }),
      },
      'replaced r-other00000',
      'Extended: nightly_sync stays at 50 MiB/s',
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
    expect(message?.all).not.toMatch(/Undo|In force:|until it ends/);
    expect(message?.all).toContain('50 MiB/s (419 Mbit/s) was set <!date^1795353900^');
    expect(message?.all).toContain('audit record 42');
  });

  it('and says again that it is in force where somebody changed it back', () => {
    const back = limit({ drift: { at: LATER, rate: 50 * MIB } });
    const message = edited({ request: back, limitSetBy: back.id, execution: execution() });
    expect(message?.first).toContain('In force: nightly_sync is limited to 50 MiB/s');
    expect(message?.all).toContain('Undo');
  });

  it('and is posted so where it comes late', () => {
    const facts = { request: ended({ how: 'reverted', rate: 100 * MIB }), record: RECORD, seal };
    expect(currentResult(facts)?.text).toContain('Reverted: nightly_sync → 100 MiB/s');
    expect(currentResult({ ...facts, request: limit() })?.text).toContain('In force: nightly_sync');
  });
});
