import { describe, expect, it } from 'vitest';
import { decidedWords } from '../../../src/slack/wording/decision-words.ts';
import type { Decided } from '../../../src/workflow/commands/decide-on.ts';
import { RECORD, request } from '../views/text/given-facts.ts';

const LONGER = { request: 'r-0000000001', dueAt: '2026-11-22T15:25:00.000Z', totalSeconds: 7200 };

describe('what came of a decision', () => {
  it.each([
    ['decision.refused', /^This was refused before, and that is on record/],
    ['expired', /has expired, and nothing was sent/],
    ['apply.stale', /has ended and nothing was sent/],
    ['approved', /Your approval is on record already/],
    ['denied', /you denied it is on record already/],
    ['cancelled', /is on record already/],
  ])('sent again is what it was the first time: %s', (event, says) => {
    expect(decidedWords({ kind: 'repeated', event }).text).toMatch(says);
  });

  it.each(['denied', 'cancelled'] as const)('%s: a limit stays, and the time of one that has one runs on', (event) => {
    const said = (but: Parameters<typeof request>[0]) => {
      const decided: Decided = { kind: 'decided', event, request: request({ status: event, ...but }), record: RECORD };
      return decidedWords(decided).text;
    };
    expect(said({ extends: null })).toContain('The limit stays as it is.');
    expect(said({ extends: LONGER })).toContain('the time runs on, and the limit goes back when it is over');
    expect(said({ extends: LONGER })).not.toContain('stays as it is');
  });
});
