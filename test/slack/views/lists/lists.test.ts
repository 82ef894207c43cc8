import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsOf } from '../../../../sandbox/slack/block-walk.ts';
import type { AuditRecord } from '../../../../src/domain/audit/audit-record.ts';
import type { ThrottleRequest } from '../../../../src/domain/request/throttle-request.ts';
import { auditList } from '../../../../src/slack/views/audit/audit-list.ts';
import { helpMessage } from '../../../../src/slack/views/lists/help.ts';
import { requestList } from '../../../../src/slack/views/lists/request-list.ts';
import { SAMPLES, sampleOf } from '../../../domain/audit/sample-records.ts';
import { ARN, expectGoodMessage, funny, LONGEST, NOW, RECORD, read, request, seal } from '../text/given-facts.ts';

function stored(count: number, but: Partial<ThrottleRequest> = {}) {
  return Array.from({ length: count }, (_, index) => ({
    request: request({ id: `r-${String(index).padStart(10, '0')}`, ...but }),
    record: RECORD,
  }));
}

function list(but: Partial<Parameters<typeof requestList>[0]> = {}) {
  const message = requestList({
    mine: [],
    others: [],
    toDecide: 0,
    total: 0,
    now: NOW,
    seal,
    links: new Map(),
    ...but,
  });
  expectGoodMessage(message);
  return { ...message, all: read(message), buttons: elementsOf(JSON.parse(JSON.stringify(message.blocks))) };
}

describe('requestList', () => {
  it('has those that the reader can decide first, with a Review button', () => {
    const links = new Map([['r-0000000000', 'https://w.slack.com/archives/C0OPS/p1']]);
    const { all, buttons, text } = list({
      mine: stored(1),
      others: stored(2, { status: 'applying' }),
      toDecide: 1,
      total: 6,
      links,
    });
    expect(text).toBe(
      '6 open requests, 1 for you to decide. The 3 shown are those that you can decide first, then the oldest others.',
    );
    expect(buttons.map(({ actionId, element }) => [actionId, element.value])).toEqual([
      ['review', 'sealed r-0000000000'],
    ]);
    expect(all).toContain('<https://w.slack.com/archives/C0OPS/p1|open the card>');
    expect(all).toContain('nightly_sync, 100 MiB/s (839 Mbit/s) → 50 MiB/s (419 Mbit/s)');
    expect(all).toContain('And 3 more, not shown here.');
  });

  it('says so where none is open', () => {
    expect(list().text).toContain('No request is open');
  });

  it('counts all that are open, and says which of them it shows', () => {
    const mine = list({ mine: stored(15), toDecide: 214, total: 612 });
    expect(mine.text).toContain('612 open requests, 214 for you to decide. The 15 shown are the oldest that you can');
    expect(mine.all).toContain('*214 requests for you to decide*, of 612 open. The 15 shown are the oldest that you');
    expect(mine.all).toContain('And 597 more');
    const others = list({ others: stored(15), toDecide: 0, total: 612 });
    expect(others.all).toContain('Nothing for you to decide, of 612 open. The 15 shown are the oldest.');
    expect(list({ mine: stored(2), toDecide: 2, total: 2 }).all).not.toContain('shown');
  });

  it('fits, however many and however long they are', () => {
    const long = {
      taskName: LONGEST(256),
      reason: LONGEST(500),
      requester: { team: 'T0', user: 'U1', name: LONGEST(80) },
    };
    const { blocks, all } = list({ mine: stored(40, long), others: stored(40, long), toDecide: 40, total: 81 });
    expect(blocks).toHaveLength(50);
    expect(all).toContain('And 35 more');
    fc.assert(
      fc.property(funny(500), funny(256), funny(80), (reason, taskName, name) => {
        list({
          mine: stored(1, { reason, taskName, requester: { team: 'T0', user: 'U1', name } }),
          toDecide: 1,
          total: 1,
        });
      }),
    );
  });
});

const ABOUT = {
  ...{ seq: 7, at: NOW.toISOString(), request: 'r-0123456789', channel: 'C0OPS', execution: ARN },
  ...{ from: 104_857_600, to: 52_428_800, reason: 'cutover', rule: 'production' },
  actor: { team: 'T0', user: 'U0OPER', name: 'Ann Oper' },
};

function record(): AuditRecord {
  const { exceeds: _, until: __, policies: ___, ...detail } = sampleOf('requested').detail;
  return { ...sampleOf('requested'), ...ABOUT, detail: { ...detail, duration: 7200, approvals: 1 } };
}

function audit(records: (AuditRecord | null)[], about = 'request `r-0123456789`') {
  const lines = records.map((one, index) =>
    one === null
      ? { seq: 7 - index, record: one, why: 'altered' as const }
      : { seq: 7 - index, hash: RECORD.hash, record: one },
  );
  const page = { lines, older: null, newer: null, read: lines.length, stopped: false };
  const seals = { older: 'sealed older', newer: 'sealed newer', filter: 'sealed filter', story: seal };
  const message = auditList({ page, about, seals, links: new Map(), lost: false });
  expectGoodMessage(message);
  return { ...message, all: read(message) };
}

describe('auditList', () => {
  it('names a record that can not be read, among the others', () => {
    const { all } = audit([record(), null, record()]);
    expect(all).toContain('record 7 · hash');
    expect(all).toContain('Record 6 was altered: its hash or signature doesn’t match its content');
    expect(all).toContain('Don’t rely on it. Run `audit verify`.');
    expect(all).toContain('record 5 · hash');
  });

  it('describes each record in words', () => {
    const { all, text } = audit([record()]);
    expect(text).toBe('1 audit record of request `r-0123456789`, newest first.');
    for (const words of [
      '*asked* · Ann Oper, <!date^1795353900^',
      '100 MiB/s (839 Mbit/s) → 50 MiB/s (419 Mbit/s)',
      'for 2 h',
      'reason: cutover',
      'rule production',
      'exec-0123456789abcdef0',
      'record 7 · hash `0123456789ab`',
    ])
      expect(all).toContain(words);
  });

  const { detail: approved, ...approval } = sampleOf('approved');
  const { detail: applied, ...change } = sampleOf('applied');
  it.each<[string, AuditRecord, string]>([
    [
      'approved',
      { ...approval, detail: { ...approved, comment: 'fine', count: 1, needed: 2 } },
      'approvals 1 of 2 · comment: fine',
    ],
    [
      'apply.failed',
      { ...sampleOf('apply.failed'), detail: { why: 'other-rate', rate: 1_048_576 } },
      'AWS shows 1 MiB/s (8.39 Mbit/s) · why: other-rate',
    ],
    [
      'refused',
      { ...sampleOf('refused'), detail: { why: 'may-not-ask', denial: 'guest' } },
      'why: may-not-ask (guest)',
    ],
    ['applied', { ...change, detail: { ...applied, rate: -1 } }, 'AWS shows unlimited'],
  ])('says what is special: %s', (_, special, words) => {
    const { all } = audit([{ ...special, actor: null }]);
    expect(all).toContain(words);
    expect(all).toContain('the bot');
  });

  it('has words for every event, and for records about nothing', () => {
    const bare = { request: null, execution: null, from: null, to: null, reason: null, rule: null, actor: null };
    for (const sample of SAMPLES) {
      audit([sample]);
      audit([{ ...sample, ...bare }]);
    }
  });

  it('says so where there is none', () => {
    expect(audit([], '<@U0OPER>').text).toBe('The audit log has no record of <@U0OPER>.');
  });

  it('fits, and notifies nobody by what is on record', () => {
    const long = LONGEST(1000);
    const detail = { why: long, denial: long, duration: 604_799 };
    const about = { ...ABOUT, reason: long, rule: long, actor: { team: 'T0', user: 'U1', name: long } };
    const longest = { ...sampleOf('refused'), ...about, detail };
    expect(audit(Array.from({ length: 10 }, () => longest)).blocks).toHaveLength(12);
    const talked = { ...approval, ...about, detail: { ...approved, comment: long, count: 99, needed: 99 } };
    expect(audit(Array.from({ length: 10 }, () => talked)).blocks).toHaveLength(12);
    fc.assert(
      fc.property(funny(500), funny(80), fc.constantFrom(...SAMPLES), (words, name, sample) => {
        audit([{ ...sample, reason: words, rule: name }]);
        audit([{ ...sampleOf('refused'), ...ABOUT, reason: null, detail: { why: words, denial: name, of: words } }]);
        audit([{ ...sampleOf('denied'), ...ABOUT, detail: { comment: words } }]);
        audit([{ ...sampleOf('apply.unknown'), ...ABOUT, detail: { why: words, said: name } }]);
      }),
    );
  });
});

describe('helpMessage', () => {
  it('lists the commands', () => {
    const message = helpMessage();
    expectGoodMessage(message);
    for (const word of ['requests', 'audit', 'help', '50MiB/s', '1h30m', 'one run only', 'With a duration or a time']) {
      expect(read(message)).toContain(word);
    }
  });
});
