import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../../src/domain/audit-record.ts';
import { actorWords, detailWords, recordWords } from '../../../src/slack/views/audit-words.ts';
import { NOW } from './given-facts.ts';

const MIB = 1_048_576;
const OLGA = { team: 'T0', user: 'U0OPER', name: 'olga' };

function record(but: Partial<AuditRecord>): AuditRecord {
  return {
    v: 1,
    log: 'log',
    seq: 2,
    prev: '0'.repeat(64),
    at: NOW.toISOString(),
    event: 'applied',
    request: 'r-1',
    version: 2,
    actor: null,
    channel: 'C0OPS',
    execution: null,
    account: null,
    region: null,
    from: null,
    to: null,
    reason: null,
    rule: null,
    policy: null,
    op: 'op',
    aws: null,
    detail: null,
    ...but,
  };
}

const line = (but: Partial<AuditRecord>) => `${recordWords(record(but))} · ${actorWords(record(but))}`;

describe('a record in a look-up', () => {
  it.each<[string, Partial<AuditRecord>, string]>([
    ['a refused request', { event: 'refused', actor: OLGA }, 'request refused · requested by olga'],
    [
      'somebody who may not use the bot',
      { event: 'refused', actor: OLGA, detail: { why: 'not-a-member', of: 'command list' } },
      'access refused · attempted by olga',
    ],
    ['a refused decision', { event: 'decision.refused', actor: OLGA }, 'decision refused · attempted by olga'],
    [
      'a refused Revert now',
      { event: 'decision.refused', actor: OLGA, detail: { why: 'may-not-revert' } },
      'revert refused · attempted by olga',
    ],
    ['somebody else’s change', { event: 'drift.detected' }, 'limit changed past the bot · seen by the bot'],
    ['an approval', { event: 'approved', actor: OLGA }, 'approved · olga'],
  ])('never takes who was refused for who refused: %s', (_, but, words) => {
    expect(line(but)).toBe(words);
  });

  it('tells an extension as one', () => {
    const more = { from: 25 * MIB, to: 25 * MIB };
    const extension = { request: 'r-0', dueAt: NOW.toISOString(), totalSeconds: 60 };
    expect(recordWords(record({ ...more, event: 'requested', detail: { extends: extension } }))).toBe(
      'more time requested',
    );
    expect(recordWords(record({ ...more }))).toBe('more time in force');
    expect(detailWords(record(more))).toContain('stays at 25 MiB/s');
    expect(detailWords(record(more))).not.toContain('→');
    const skipped = { event: 'revert.skipped', from: 25 * MIB, to: 50 * MIB } as const;
    const detail = { why: 'replaced', replacedBy: 'r-2', extendedUntil: NOW.toISOString() };
    expect(recordWords(record({ ...skipped, detail }))).toBe('extended by another request');
    expect(detailWords(record({ ...skipped, detail }))).toContain('by `r-2` · until <!date^1795353900^');
  });

  it.each([
    ['replaced', 'replaced by another request'],
    ['ended', 'not reverted: the execution ended'],
    ['changed', 'not reverted: the limit was changed elsewhere'],
    ['another', 'left alone when its time was over'],
  ])('says why a limit was not reverted: %s', (why, words) => {
    expect(recordWords(record({ event: 'revert.skipped', detail: { why } }))).toBe(words);
  });
});
