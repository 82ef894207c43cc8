import { describe, expect, it } from 'vitest';
import { completions } from '../../page/client/conversation/completions.ts';
import { measuredRates } from '../../page/client/other-side/measured.ts';
import type { AppFace, ShownExecution } from '../../page/page-state.ts';

const app: AppFace = {
  name: 'App',
  command: '/do',
  description: 'does',
  words: ['audit', 'audit verify', 'help', 'status', 'why'],
};
const run: ShownExecution = {
  arn: 'arn:1/exec-1',
  id: 'exec-1',
  taskName: 'nightly',
  mode: 'BASIC',
  status: 'TRANSFERRING',
  limit: -1,
  limitInForce: -1,
  rate: 1,
  bytes: 1,
  transferred: 0,
  ended: false,
  curve: [],
};

describe('what the composer offers', () => {
  it.each([
    ['', []],
    ['hello', []],
    ['/', ['/do ']],
    ['/do', []],
    ['/do ', ['/do arn:1/exec-1 ', '/do audit ', '/do audit verify ', '/do help ', '/do status ', '/do why ']],
    ['/do ni', ['/do arn:1/exec-1 ']],
    ['/do arn:1', ['/do arn:1/exec-1 ']],
    ['/do arn:1/exec-1', []],
    ['/do he', ['/do help ']],
    ['/do help', []],
    ['/do status ', ['/do status arn:1/exec-1 ', '/do status arn:2 ']],
    ['/do why ', ['/do why arn:1/exec-1 ']],
    ['/do why arn:1/exec-1 un', ['/do why arn:1/exec-1 unlimited ']],
    ['/do why arn:1/exec-1 50% for 2', ['/do why arn:1/exec-1 50% for 2h ']],
    ['/do audit ', ['/do audit verify ', '/do audit since ', '/do audit arn:1/exec-1 ', '/do audit arn:2 ']],
    ['/do audit arn:2 ', ['/do audit arn:2 since ']],
    ['/do audit since 7', ['/do audit since 7d ']],
    ['/do audit verify ', []],
    ['/do arn:1/exec-1 5', ['/do arn:1/exec-1 50MiB/s ', '/do arn:1/exec-1 50% ']],
    ['/do arn:1/exec-1 50% f', ['/do arn:1/exec-1 50% for ']],
    ['/do arn:1/exec-1 50% for 2', ['/do arn:1/exec-1 50% for 2h ']],
    ['/do arn:1/exec-1 50% for 2h because ', []],
  ])('for %j', (typed, keys) => {
    expect(completions(typed, app, [run, { ...run, arn: 'arn:2', ended: true }]).map(({ key }) => key)).toEqual(keys);
  });
});

describe('the measured rate', () => {
  it('is what flowed in the last three seconds, so that a change shows as a slope', () => {
    const curve = [
      { at: 0, bytes: 0, limit: -1, rate: 100 },
      { at: 10_000, bytes: 1000, limit: 40, rate: 40 },
    ];
    const rates = measuredRates(curve, 9000, 13_000, 5).map(({ rate }) => rate);
    expect(rates).toEqual([100, 100, 80, 60, 40]);
  });
});
