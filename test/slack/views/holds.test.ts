import { describe, expect, it } from 'vitest';
import { elementsOf } from '../../../sandbox/slack/block-walk.ts';
import type { EventName } from '../../../src/domain/audit-event.ts';
import type { Hold, HoldEnd } from '../../../src/domain/hold.ts';
import type { ThrottleRequest } from '../../../src/domain/throttle-request.ts';
import { type CardFacts, cardMessage } from '../../../src/slack/views/card.ts';
import { extendModal } from '../../../src/slack/views/extend-modal.ts';
import { resultMessage } from '../../../src/slack/views/result.ts';
import { threadNotes } from '../../../src/slack/views/thread-notes.ts';
import type { AuditLine } from '../../../src/workflow/ports.ts';
import { sampleOf } from '../../domain/sample-records.ts';
import {
  approval,
  ending,
  execution,
  expectGoodMessage,
  expectGoodView,
  hold,
  NOW,
  RECORD,
  read,
  request,
  rule,
  seal,
} from './facts.ts';

const MIB = 1_048_576;
const APPLY = { startedAt: NOW.toISOString(), sentAt: NOW.toISOString(), attempt: 1, role: null, unknownSince: null };
const LENA = { team: 'T0', user: 'U0LEAD', name: 'Bo Lead' };
const held = (but: Partial<ThrottleRequest> = {}) =>
  request({ status: 'applied', apply: APPLY, ending: ending({ rate: 50 * MIB }), hold: hold(), ...but });
const SENT = { sentAt: NOW.toISOString(), attempt: 1 };
const over = (but: Partial<HoldEnd>, sent: Hold['sent'] = null) =>
  held({
    hold: hold({
      sent: but.how === 'reverted' || but.how === 'failed' ? SENT : sent,
      end: {
        ...{ at: NOW.toISOString(), how: 'skipped', why: null, rate: null },
        ...{ replacedBy: null, awsRequestId: null, refused: null },
        ...but,
      },
    }),
  });

function card(but: Partial<CardFacts> = {}) {
  const running = execution({ bytesPerSecond: 50 * MIB });
  const message = cardMessage({
    ...{ request: held(), record: RECORD, rule: rule(), execution: running, now: NOW, seal },
    ...but,
  });
  expectGoodMessage(message);
  const actions = elementsOf(JSON.parse(JSON.stringify(message.blocks))).map(({ actionId }) => actionId);
  return { ...message, actions, all: read(message), first: read(message).split('\n')[0] ?? '' };
}

describe('the card of a limit for a while', () => {
  it('says when it goes back, to what, and how long that is from now', () => {
    const { first, all, actions } = card();
    expect(first).toContain('*In force*: nightly_sync, 100 MiB/s');
    expect(all).toContain('It goes back to 100 MiB/s (839 Mbit/s) by itself <!date^1795361100^');
    expect(all).toMatch(/\*Goes back by itself\*\n<!date\^1795361100\^[^>]*>, in about 2 h\nback to 100 MiB\/s/);
    expect(all).toContain('this one run only');
    expect(actions).toEqual(['revert-now', 'extend']);
  });

  it('counts down where AWS does not answer', () => {
    const { all } = card({ execution: null });
    expect(all).toContain('AWS could not say just now');
    expect(all).toMatch(/\*Goes back by itself\*\n<!date.*, in about 2 h/);
    expect(card({ execution: null, request: over({ why: 'ended' }) }).all).not.toContain('At AWS');
  });

  it('shows the measured speed against the limit, and the time left at it', () => {
    expect(card().all).toContain('*Measured*\nnot measured yet');
    const { all } = card({ measured: 45 * MIB });
    expect(all).toContain('45 MiB/s (377 Mbit/s)\n90 % of the limit');
    expect(all).toMatch(/\*Time left\*\nabout 2\d min/);
    expect(card({ measured: 0 }).all).toContain('nothing moves at the moment');
    // The limit counts what goes over the wire, and a third of the bytes does.
    const compressed = execution({ bytesPerSecond: 50 * MIB, bytesCompressed: 14_336 * MIB });
    expect(card({ measured: 135 * MIB, execution: compressed }).all).toMatch(/\n90 % of the limit/);
  });

  it.each([
    [
      'somebody wants it back',
      held({ hold: hold({ by: LENA }) }),
      'Bo Lead wants it back now',
      ['revert-now', 'extend'],
    ],
    [
      'under way',
      held({ hold: hold({ sent: { sentAt: NOW.toISOString(), attempt: 2 } }) }),
      'Going back to 100 MiB/s (839 Mbit/s), waiting for AWS to show it',
      [],
    ],
    ['set back', over({ how: 'reverted', rate: 100 * MIB }), 'Set back to 100 MiB/s', []],
    ['changed', over({ why: 'changed', rate: 7 * MIB }), 'changed the limit since, to 7 MiB/s', []],
    ['changed', over({ why: 'changed', rate: 7 * MIB }, SENT), 'was sent, and AWS shows 7 MiB/s', []],
    ['ended', over({ why: 'ended' }), 'Was in force until the run ended', []],
    [
      'replaced',
      over({ why: 'replaced', replacedBy: 'r-other00000' }),
      'Request `r-other00000` has taken its place',
      [],
    ],
    ['denied', over({ how: 'failed', why: 'denied' }), 'no permission for `datasync:UpdateTaskExecution`', []],
    ['rejected', over({ how: 'failed', why: 'rejected' }), 'AWS rejected the change', []],
    ['ignored', over({ how: 'failed', why: 'ignored' }), 'AWS still shows the limit unchanged', []],
    [
      'not known',
      over({ how: 'failed', why: 'unseen' }),
      'no permission for `datasync:DescribeTaskExecution` with the bot’s own credentials): it is not known which limit is in force',
      [],
    ],
    [
      'drifted',
      held({ drift: { at: NOW.toISOString(), rate: MIB } }),
      'Somebody set 1 MiB/s',
      ['revert-now', 'extend'],
    ],
  ] as const)('tells how it stands: %s', (_, of, words, actions) => {
    const shown = card({ request: of });
    expect(shown.all).toContain(words);
    expect(shown.actions).toEqual(actions);
  });

  it('says that its time is over, where it could not go back yet', () => {
    const { first, all } = card({ now: new Date(NOW.getTime() + 7_200_000) });
    expect(first).toContain('In force, about to go back');
    expect(all).toMatch(/Its time is over since <!date\^.*: the bot sets 100 MiB\/s .* as soon as it can/);
    expect(all).not.toContain('by itself <!date');
  });

  it('says that the limit still applies while its revert is overdue, and why', () => {
    const late = new Date(NOW.getTime() + 7_260_000);
    const { first, all } = card({ now: late, execution: null, problem: 'no answer in time' });
    expect(first).toContain(':warning: *Revert overdue*: nightly_sync');
    expect(all).toMatch(/due to revert to 100 MiB\/s .*<!date\^1795361100\^/);
    expect(all).toMatch(/The limit of 50 MiB\/s .* still applies: no answer in time. We keep trying/);
    expect(card({ now: late }).all).toMatch(/still applies: Redis, AWS or the bot was unavailable/);
  });

  it('says how late it was reverted', () => {
    const [sentAt, at] = [8000, 8001].map((seconds) => new Date(NOW.getTime() + seconds * 1000).toISOString());
    const of = over({ how: 'reverted', rate: 100 * MIB, at: at ?? '' });
    const { hold: before } = of;
    const { all } = card({
      request: { ...of, hold: before && { ...before, sent: { ...SENT, sentAt: sentAt ?? '' } } },
    });
    expect(all).toMatch(/Late: due <!date\^1795361100\^.*, reverted <!date\^1795361901\^.*was unavailable/);
    expect(card({ request: over({ how: 'reverted', rate: 100 * MIB }) }).all).not.toContain('Late:');
  });

  it('is told as extended, not replaced, by who gives it more time', () => {
    const until = '2026-11-22T16:25:00.000Z';
    const extends_ = { request: 'r-0123456789', dueAt: until, totalSeconds: 10_800 };
    const running = request({ id: 'r-other00000', status: 'applied', ending: ending(), extends: extends_ });
    for (const shown of [
      card({ request: over({ why: 'replaced', replacedBy: 'r-other00000', extendedUntil: until }) }),
      card({ request: over({ why: 'replaced', replacedBy: 'r-other00000' }), standing: running.id, running }),
      card({ request: held(), standing: running.id, running }),
    ]) {
      expect(shown.first).toContain('*Extended*: nightly_sync');
      expect(shown.all).toMatch(/Request `r-other00000` extended it until <!date\^1795364700\^/);
      expect(shown.all).not.toContain('Replaced');
    }
  });

  it('says that there is nothing to go back to, where it is the rate from before', () => {
    const { all } = card({ request: held({ hold: null, durationSeconds: 3600 }) });
    expect(all).toContain('It was asked for 1 h, and is the rate from before a limit for a while');
    expect(all).toContain('until it ends or somebody changes the limit');
  });

  it('expects either rate where nobody knows whether it was set back', () => {
    const unseen = over({ how: 'failed', why: 'unseen' });
    const shown = (bytesPerSecond: number) => card({ request: unseen, execution: execution({ bytesPerSecond }) }).all;
    for (const mib of [50, 100]) expect(shown(mib * MIB)).not.toContain('In force now');
    expect(shown(MIB)).toContain('In force now: 1 MiB/s');
  });

  it('expects the rate that it was set back to, and no other', () => {
    const back = over({ how: 'reverted', rate: 100 * MIB });
    expect(card({ request: back, execution: execution({ bytesPerSecond: 100 * MIB }) }).all).not.toContain(
      'In force now',
    );
    expect(card({ request: back, execution: execution({ bytesPerSecond: MIB }) }).all).toContain(
      'In force now: 1 MiB/s',
    );
  });

  it('says that another request has set the limit since', () => {
    const { all } = card({ request: held({ hold: null }), standing: 'r-other00000' });
    expect(all).toContain('Replaced');
    expect(all).toContain('Request `r-other00000` has set the limit of this run since.');
    expect(all).not.toContain('In force now');
  });

  it('closes with the bytes, the time, the average and AWS’s word', () => {
    const ended = execution({
      ...{ status: 'SUCCESS', bytesPerSecond: 50 * MIB, bytesTransferred: 102_400 * MIB },
      endedAt: new Date(NOW.getTime() - 430_080 + 2_048_000).toISOString(),
    });
    const { all, actions } = card({ request: held({ hold: null }), execution: ended });
    expect(all).toContain('The run has ended (SUCCESS): 100 GiB in 34 min, 50 MiB/s (419 Mbit/s) on average.');
    expect(actions).toEqual([]);
    expect(card({ execution: execution({ status: 'ERROR' }) }).all).toContain('ended with an error (ERROR)');
    // No limit is in force any more, and nothing of it is still to end.
    expect(all).toContain('*Was in force until the run ended*: nightly_sync');
    expect(all).not.toContain('until it ends');
  });
});

describe('the thread', () => {
  const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
  const line = (seq: number, event: EventName, moment: Date): AuditLine => ({
    ...{ seq, hash: String(seq).padStart(2, '0').repeat(32) },
    record: { ...sampleOf(event), seq, at: moment.toISOString() },
  });
  const lines = [
    ...[line(47, 'drift.detected', at(1)), line(46, 'revert.failed', NOW), line(45, 'revert.skipped', NOW)],
    ...[line(44, 'reverted', NOW), line(43, 'drift.detected', at(-1)), line(42, 'drift.detected', NOW)],
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

  it('hears that it is late, and that nobody knows what came of what was sent', () => {
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

  it('is not told what the result of another request tells it, nor what is only due', () => {
    expect(broadcast(over({ why: 'replaced', replacedBy: 'r-other00000' }))).toEqual([['ended', false]]);
    expect(broadcast(held(), new Date(NOW.getTime() + 6_900_000))).toEqual([['warn', false]]);
  });
});

describe('more time', () => {
  const extension = { request: 'r-0000000000', dueAt: '2026-11-22T16:25:00.000Z', totalSeconds: 10_800 };
  const more = (but: Partial<ThrottleRequest> = {}) =>
    request({ from: 50 * MIB, to: 50 * MIB, durationSeconds: 3600, extends: extension, ...but });

  it('is asked on a card that names no other rate', () => {
    const { first, all } = card({ request: more() });
    expect(first).toContain('nightly_sync, 50 MiB/s (419 Mbit/s) for 1 h more');
    expect(all).toContain('No rate changes');
    expect(all).toContain('3 h in all');
    expect(all).not.toContain('→');
  });

  it('has no Ask again where it came too late', () => {
    const late = more({ status: 'stale', ending: ending({ why: 'timer' }) });
    expect(card({ request: late }).actions).toEqual([]);
    expect(resultMessage({ request: late, record: RECORD, seal })?.text).not.toContain('Ask again');
  });

  it('has a result that says until when', () => {
    const message = resultMessage({
      request: more({ status: 'applied', ending: ending(), hold: hold(), approvals: [approval()] }),
      ...{ record: RECORD, seal },
    });
    expect(message?.text).toContain('More time: nightly_sync stays limited to 50 MiB/s');
    expect(read(message ?? {})).not.toContain('Undo');
  });

  it('is asked in a modal that says what is allowed', () => {
    const view = extendModal({ metadata: 'sealed', request: { ...held(), hold: hold() }, rule: rule() });
    expectGoodView(view);
    expect(read(view)).toContain('The policy allows 12 h in all');
    expectGoodView(extendModal({ metadata: 'sealed', request: { ...held(), hold: hold() }, rule: null }));
  });
});
