import { describe, expect, it } from 'vitest';
import type { EventName } from '../../../../src/domain/audit/audit-event.ts';
import type { ThrottleRequest } from '../../../../src/domain/request/throttle-request.ts';
import type { Run } from '../../../../src/domain/run/run.ts';
import { threadNotes } from '../../../../src/slack/views/cards/thread-notes.ts';
import type { AuditLine } from '../../../../src/workflow/ports/audit/audit-line.ts';
import { sampleOf } from '../../../domain/audit/sample-records.ts';
import { expectGoodMessage, hold, NOW, read, runWith, seal } from '../text/given-facts.ts';
import { held, LENA, MIB, over } from './given-limit.ts';

describe('the thread', () => {
  const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
  const line = (seq: number, event: EventName, moment: Date): AuditLine => ({
    seq,
    hash: String(seq).padStart(2, '0').repeat(32),
    record: { ...sampleOf(event), seq, at: moment.toISOString() },
  });
  const lines = [
    line(47, 'drift.detected', at(1)),
    line(46, 'revert.failed', NOW),
    line(45, 'revert.skipped', NOW),
    line(44, 'reverted', NOW),
    line(43, 'drift.detected', at(-1)),
    line(42, 'drift.detected', NOW),
  ];
  const notes = (of: ThrottleRequest, minutes = 0, run: Run | null = null) => {
    const all = threadNotes({ request: of, lines, now: at(minutes), run, seal });
    for (const { message } of all) expectGoodMessage(message);
    return all.map(({ key, message, broadcast }) => ({ key, broadcast, all: read(message) }));
  };

  it('is warned in the last ten minutes, and not of what is short, ends or is over', () => {
    expect(notes(held(), 109)).toEqual([]);
    expect(notes(held(), 111)[0]?.all).toContain('goes back to 100 MiB/s (839 Mbit/s) in about 9 min');
    expect(notes(held(), 120.5)).toEqual([]);
    const short = held({ hold: hold({ dueAt: at(10).toISOString() }) });
    expect(notes(short, 5)).toEqual([]);
    expect(notes(held({ hold: hold({ by: LENA }) }), 111)).toEqual([]);
    const timed = { until: at(120).toISOString() };
    const other = { request: 'r-other00000', rate: 20 * MIB };
    expect(notes(held(), 111, runWith([other, timed]))[0]?.all).toContain('goes back to 20 MiB/s (168 Mbit/s) in');
    // A covered limit is none that ends for the transfer.
    expect(notes(held(), 111, runWith([timed, other]))).toEqual([]);
  });

  it('says that it is late, and that the outcome of the revert is unknown', () => {
    const [late, ...more] = notes(held(), 121);
    expect(more).toEqual([]);
    expect(late?.key).toMatch(/^late 2/);
    expect(late?.all).toMatch(
      /Revert overdue: nightly_sync.*The limit of 50 MiB\/s .* still applies.*We keep trying.*<@U0OPER>/s,
    );
    const sent = held({ hold: hold({ sent: { sentAt: at(120).toISOString(), attempt: 1 } }) });
    expect(notes(sent, 121)).toEqual([]);
    expect(notes(sent, 122)[0]).toMatchObject({ key: 'unseen', all: expect.stringContaining('<@U0OPER>') });
    expect(notes(over({ how: 'failed', why: 'unseen' }), 200).map(({ key }) => key)).toEqual(['ended']);
  });

  it('says somebody’s change and the end, each under a key of its own', () => {
    const [drift] = notes(held({ drift: { at: NOW.toISOString(), rate: 7 * MIB } }));
    expect(drift).toMatchObject({ key: `drift ${NOW.toISOString()}` });
    expect(drift?.all).toMatch(
      /Limit changed outside the bot \(console or CLI\): nightly_sync → 7 MiB\/s.*Every limit .* has ended.*audit record 42 · hash `4242/s,
    );
    const changed = { ...over({ why: 'changed', rate: 7 * MIB }), drift: { at: NOW.toISOString(), rate: 7 * MIB } };
    expect(notes(changed).map(({ key }) => key)).toEqual([`drift ${NOW.toISOString()}`]);
    const [end] = notes(over({ how: 'reverted', rate: 100 * MIB }));
    expect(end).toMatchObject({ key: 'ended', all: expect.stringContaining('Set back to 100 MiB/s') });
    expect(end?.all).toContain('audit record 46 · hash');
    expect(notes(over({ how: 'failed', why: 'denied' }))[0]?.all).toContain('<@U0OPER>');
  });
});

describe('the channel', () => {
  const at = new Date(NOW.getTime() + 7_260_000);
  const broadcast = (of: ThrottleRequest, now = NOW) =>
    threadNotes({ request: of, lines: [], now, run: null, seal, problem: null }).map((note) => [
      note.key.split(' ')[0],
      note.broadcast,
    ]);

  it('hears how a limit ended, of a change outside the bot, and of a revert that is overdue', () => {
    expect(broadcast(over({ how: 'reverted', rate: 100 * MIB }))).toEqual([['ended', true]]);
    expect(broadcast(over({ how: 'failed', why: 'denied' }))).toEqual([['ended', true]]);
    // An older version found the change when the time was over, and told it so.
    const due = hold().dueAt;
    expect(broadcast(over({ why: 'changed', rate: MIB, at: due }))).toEqual([['ended', true]]);
    expect(broadcast(held({ drift: { at: NOW.toISOString(), rate: MIB } }))).toEqual([['drift', true]]);
    expect(broadcast(held(), at)).toEqual([['late', true]]);
  });

  it('does not repeat the result of another request, nor say what is only due', () => {
    for (const why of ['covered', 'same-rate'] as const) expect(broadcast(over({ why }))).toEqual([['ended', false]]);
    // The note of the request whose limit applied tells the channel of the change, once for all limits that it ended.
    expect(broadcast(over({ why: 'changed', rate: MIB }))).toEqual([['ended', false]]);
    expect(broadcast(over({ why: 'replaced', replacedBy: 'r-other00000' }))).toEqual([['ended', false]]);
    expect(broadcast(held(), new Date(NOW.getTime() + 6_900_000))).toEqual([['warn', false]]);
  });
});
