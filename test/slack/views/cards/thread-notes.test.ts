import { describe, expect, it } from 'vitest';
import type { EventName } from '../../../../src/domain/audit/audit-event.ts';
import type { ThrottleRequest } from '../../../../src/domain/request/throttle-request.ts';
import { threadNotes } from '../../../../src/slack/views/cards/thread-notes.ts';
import type { AuditLine } from '../../../../src/workflow/ports/audit-line.ts';
import { sampleOf } from '../../../domain/audit/sample-records.ts';
import { expectGoodMessage, hold, NOW, read, seal } from '../text/given-facts.ts';
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
  const notes = (of: ThrottleRequest, minutes = 0) => {
    const all = threadNotes({ request: of, lines, now: at(minutes), seal });
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
      /set the limit of nightly_sync to 7 MiB\/s.*past the bot.*audit record 42 · hash `4242/s,
    );
    const [end] = notes(over({ how: 'reverted', rate: 100 * MIB }));
    expect(end).toMatchObject({ key: 'ended', all: expect.stringContaining('Set back to 100 MiB/s') });
    expect(end?.all).toContain('audit record 46 · hash');
    expect(notes(over({ how: 'failed', why: 'denied' }))[0]?.all).toContain('<@U0OPER>');
  });
});

describe('the channel', () => {
  const at = new Date(NOW.getTime() + 7_260_000);
  const broadcast = (of: ThrottleRequest, now = NOW) =>
    threadNotes({ request: of, lines: [], now, seal, problem: null }).map((note) => [
      note.key.split(' ')[0],
      note.broadcast,
    ]);

  it('hears how a limit ended, of a change outside the bot, and of a revert that is overdue', () => {
    expect(broadcast(over({ how: 'reverted', rate: 100 * MIB }))).toEqual([['ended', true]]);
    expect(broadcast(over({ how: 'failed', why: 'denied' }))).toEqual([['ended', true]]);
    expect(broadcast(over({ why: 'changed', rate: MIB }))).toEqual([['ended', true]]);
    expect(broadcast(held({ drift: { at: NOW.toISOString(), rate: MIB } }))).toEqual([['drift', true]]);
    expect(broadcast(held(), at)).toEqual([['late', true]]);
  });

  it('does not repeat the result of another request, nor say what is only due', () => {
    expect(broadcast(over({ why: 'replaced', replacedBy: 'r-other00000' }))).toEqual([['ended', false]]);
    expect(broadcast(held(), new Date(NOW.getTime() + 6_900_000))).toEqual([['warn', false]]);
  });
});
