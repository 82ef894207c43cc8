import { describe, expect, it } from 'vitest';
import { decideCapacity } from '../../../src/domain/link/decide-capacity.ts';
import { UNLIMITED } from '../../../src/domain/rate/rate.ts';
import { MIB, NOBODY, OPERATOR, rule } from '../given.ts';

const HOUR = 3600;
const lines = rule({
  match: { links: ['dc1-wan'] },
  approvals: { lower: 0, raise: 1, unlimited: 2 },
  maxDurationSeconds: 12 * HOUR,
});

function decide(
  mib: number | 'unlimited',
  { due = 100, later = [] as number[], seconds = HOUR as number | null, by = lines } = {},
) {
  const bytesPerSecond = mib === 'unlimited' ? UNLIMITED : mib * MIB;
  const inBytes = (one: number) => (one === UNLIMITED ? UNLIMITED : one * MIB);
  const decision = decideCapacity(
    { requester: OPERATOR, rate: { kind: 'absolute', bytesPerSecond }, durationSeconds: seconds },
    { rule: by, groups: new Map(), due: inBytes(due), later: later.map(inBytes) },
  );
  return decision.ok ? `${decision.proposal.direction} ${decision.proposal.needed}` : decision.refusal.why;
}

describe('another capacity for a link', () => {
  it.each([
    ['below what is due all the time', 50, { due: 100, later: [200] }, 'lower 0'],
    ['above what is due now', 150, { due: 100 }, 'raise 1'],
    ['above what a window brings before its end', 90, { due: 100, later: [50, 100] }, 'raise 1'],
    ['the one that is due now, and a window would lower', 100, { due: 100, later: [50] }, 'raise 1'],
    ['the one that is due now, and a window would raise', 100, { due: 100, later: [200] }, 'lower 0'],
    ['a limit where none is due', 500, { due: UNLIMITED }, 'lower 0'],
    ['none where one is due', 'unlimited', { due: 100 }, 'unlimited 2'],
    ['none where a window limits later', 'unlimited', { due: UNLIMITED, later: [100] }, 'unlimited 2'],
    ['that is due anyway', 100, { due: 100, later: [100] }, 'same-capacity'],
    ['none where none is due', 'unlimited', { due: UNLIMITED }, 'same-capacity'],
    ['without an end', 50, { seconds: null }, 'end-required'],
    ['for longer than the rule allows', 50, { seconds: 13 * HOUR }, 'duration-too-long'],
    [
      'for more than seven days',
      50,
      { seconds: 8 * 86_400, by: { ...lines, maxDurationSeconds: null } },
      'duration-too-long',
    ],
    ['outside the rates of the rule', 2000, {}, 'rate-outside'],
    ['none where the rule never allows it', 'unlimited', { by: rule() }, 'unlimited-not-allowed'],
  ] as const)('%s', (_, mib, facts, outcome) => {
    expect(decide(mib, { ...facts, later: [...('later' in facts ? facts.later : [])] })).toBe(outcome);
  });

  it('of somebody whom the rule does not name', () => {
    const command = {
      requester: NOBODY,
      rate: { kind: 'absolute', bytesPerSecond: MIB } as const,
      durationSeconds: HOUR,
    };
    const facts = { rule: lines, groups: new Map(), due: 100 * MIB, later: [] };
    expect(decideCapacity(command, facts)).toMatchObject({ ok: false, refusal: { why: 'may-not-ask' } });
  });
});
