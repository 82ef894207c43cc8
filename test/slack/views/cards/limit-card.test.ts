import { describe, expect, it } from 'vitest';
import type { ThrottleRequest } from '../../../../src/domain/request/throttle-request.ts';
import type { Run } from '../../../../src/domain/run/run.ts';
import { ending, execution, hold, NOW, request, runWith } from '../text/given-facts.ts';
import { card, held, LENA, MIB, over, SENT } from './given-limit.ts';

describe('the card of a limit for a while', () => {
  it('says when it reverts, to what, and how long that is from now', () => {
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
    ['reverted early', held({ hold: hold({ by: LENA }) }), 'Bo Lead wants it back now', []],
    [
      'under way',
      held({ hold: hold({ sent: { sentAt: NOW.toISOString(), attempt: 2 } }) }),
      'Going back to 100 MiB/s (839 Mbit/s), waiting for AWS to show it',
      [],
    ],
    ['set back', over({ how: 'reverted', rate: 100 * MIB }), 'Set back to 100 MiB/s', []],
    ['changed', over({ why: 'changed', rate: 7 * MIB }), 'Someone changed the limit to 7 MiB/s', []],
    ['changed', over({ why: 'changed', rate: 7 * MIB }, SENT), 'was sent, but AWS shows 7 MiB/s', []],
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
    ['covered', over({ why: 'covered' }), 'It ended <!date^1795353900^', []],
    ['same rate', over({ why: 'same-rate' }), 'The limit that applies next has the same rate', []],
    ['base unknown', over({ how: 'failed', why: 'base-unknown' }), 'unknown what to revert to', []],
    [
      'drifted',
      { ...over({ why: 'changed', rate: MIB }), drift: { at: NOW.toISOString(), rate: MIB } },
      'Someone set 1 MiB/s',
      [],
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

  it('is shown as extended, not replaced, by a request for more time', () => {
    const until = '2026-11-22T16:25:00.000Z';
    const extends_ = { request: 'r-0123456789', dueAt: until, totalSeconds: 10_800 };
    const running = request({ id: 'r-other00000', status: 'applied', ending: ending(), extends: extends_ });
    for (const shown of [
      card({ request: over({ why: 'replaced', replacedBy: 'r-other00000', extendedUntil: until }) }),
      card({ request: held(), limitSetBy: running.id, running }),
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

  it('warns of another limit at AWS than one that was set, whatever its grant has come to', () => {
    const unseen = over({ how: 'failed', why: 'unseen' });
    const either = runWith([], { inForce: { rate: 50 * MIB, or: 100 * MIB, at: NOW.toISOString(), request: null } });
    const back = over({ how: 'reverted', rate: 100 * MIB });
    const shown = (of: ThrottleRequest, run: Run, mib: number) =>
      card({ request: of, run, execution: execution({ bytesPerSecond: mib * MIB }) }).all;
    for (const mib of [50, 100]) expect(shown(unseen, either, mib)).not.toContain('In force now');
    expect(shown(unseen, either, 1)).toContain('In force now: 1 MiB/s');
    expect(shown(back, runWith([]), 100)).not.toContain('In force now');
    expect(shown(back, runWith([]), 1)).toContain('In force now: 1 MiB/s');
    // A change that is on its way may show at any time.
    const change = { cause: 'end', request: 'r-0123456789', grant: null, from: 50 * MIB, to: 100 * MIB } as const;
    const sent = { sentAt: NOW.toISOString(), attempt: 1, role: null, putOff: null };
    const reverting = runWith([{}], { change: { ...change, ...sent } });
    expect(shown(held({ hold: hold({ sent: SENT }) }), reverting, 100)).not.toContain('In force now');
  });

  it('closes with the bytes, the time, the average and AWS’s word', () => {
    const ended = execution({
      status: 'SUCCESS',
      bytesPerSecond: 50 * MIB,
      bytesTransferred: 102_400 * MIB,
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
