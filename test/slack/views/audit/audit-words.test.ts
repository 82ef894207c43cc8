import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../../src/domain/audit/audit-event.ts';
import { plainEvent } from '../../../../src/domain/audit/audit-record.ts';
import { actorWords, detailWords, recordWords } from '../../../../src/slack/views/audit/audit-words.ts';
import { untrustedLine } from '../../../../src/slack/views/audit/untrusted-record.ts';
import { sampleOf } from '../../../domain/audit/sample-records.ts';
import { NOW } from '../text/given-facts.ts';

const MIB = 1_048_576;
const OLGA = { team: 'T0', user: 'U0OPER', name: 'olga' };

const refused = (why: string, of?: string) =>
  plainEvent('refused', { actor: OLGA, detail: { why, ...(of ? { of } : {}) } });
const decisionRefused = (why: string) => plainEvent('decision.refused', { actor: OLGA, detail: { why } });

describe('a record in a look-up', () => {
  it.each<[string, AuditEvent, string]>([
    ['a refused request', refused('no-rule'), 'request refused · requested by olga'],
    ['somebody who may not use the bot', refused('not-a-member', 'command list'), 'access refused · attempted by olga'],
    ['a refused decision', decisionRefused('may-not-decide'), 'decision refused · attempted by olga'],
    ['a refused Revert now', decisionRefused('may-not-revert'), 'revert refused · attempted by olga'],
    [
      'somebody else’s change',
      { ...sampleOf('drift.detected'), actor: null },
      'limit changed past the bot · seen by the bot',
    ],
    ['an approval', { ...sampleOf('approved'), actor: OLGA }, 'approved · olga'],
  ])('never takes who was refused for who refused: %s', (_, record, words) => {
    expect(`${recordWords(record)} · ${actorWords(record)}`).toBe(words);
  });

  it('describes an extension as one', () => {
    const same = { request: 'r-1', from: 25 * MIB, to: 25 * MIB };
    const { detail } = sampleOf('requested');
    const extension = { request: 'r-0', dueAt: NOW.toISOString(), totalSeconds: 60 };
    expect(recordWords(plainEvent('requested', { ...same, detail: { ...detail, extends: extension } }))).toBe(
      'more time requested',
    );
    const applied = plainEvent('applied', { ...same, detail: sampleOf('applied').detail });
    expect(recordWords(applied)).toBe('more time in force');
    expect(detailWords(applied)).toContain('stays at 25 MiB/s');
    expect(detailWords(applied)).not.toContain('→');
    const skipped = plainEvent('revert.skipped', {
      ...{ from: 25 * MIB, to: 50 * MIB },
      detail: { why: 'replaced', rate: null, replacedBy: 'r-2', extendedUntil: NOW.toISOString() },
    });
    expect(recordWords(skipped)).toBe('extended by another request');
    expect(detailWords(skipped)).toContain('by `r-2` · until <!date^1795353900^');
  });

  it.each([
    ['replaced', 'replaced by another request'],
    ['ended', 'not reverted: the execution ended'],
    ['changed', 'not reverted: the limit was changed elsewhere'],
    ['covered', 'ended while another limit applied'],
    ['same-rate', 'ended; the next limit has the same rate'],
  ] as const)('says why a limit was not reverted: %s', (why, words) => {
    expect(recordWords(plainEvent('revert.skipped', { detail: { why, rate: null } }))).toBe(words);
  });

  it('tells a limit that was set again after an earlier change took effect late', () => {
    const of = { request: null, from: 20 * MIB, to: 50 * MIB };
    const started = { ...sampleOf('apply.started'), ...of };
    expect(recordWords(started)).toBe('setting the limit again: an earlier change took effect late');
    expect(recordWords({ ...sampleOf('applied'), ...of })).toBe('limit set again');
    expect(recordWords({ ...sampleOf('apply.failed'), ...of })).toBe('limit not set again');
  });

  it('tells a limit that ended early without anybody’s wish', () => {
    const { detail, ...scheduled } = sampleOf('revert.scheduled');
    expect(recordWords({ ...scheduled, detail: { ...detail, why: 'approvals' } })).toBe(
      'ended early: too few approvals without another limit',
    );
  });

  it.each(['apply.started', 'revert.started'] as const)('tells an intent that AWS put off: %s', (event) => {
    const putOff = { why: 'throttled', action: 'datasync:UpdateTaskExecution' } as const;
    const intents = { 'apply.started': sampleOf('apply.started'), 'revert.started': sampleOf('revert.started') };
    const { detail, ...intent } = intents[event];
    expect(recordWords({ ...intent, detail })).toContain('sent to AWS');
    expect(recordWords({ ...intent, detail: { ...detail, putOff } })).toBe('put off by AWS, to be sent again');
  });

  it.each([
    ['unknown-event', 'has an event type that this version doesn’t know'],
    ['unknown-detail', 'has details that this version can’t read'],
  ] as const)('is told as one of a newer version where it can’t be read: %s', (why, words) => {
    expect(untrustedLine({ seq: 7, record: null, why })).toBe(
      `:warning: *Record 7 ${words}.* Its content isn’t shown. It may come from a newer version.`,
    );
  });
});
