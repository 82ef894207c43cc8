import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestedDetail } from '../../../../src/domain/audit/request-details.ts';
import type { Run } from '../../../../src/domain/run/run.ts';
import { previewMessage } from '../../../../src/slack/views/lists/preview.ts';
import { execution, expectGoodMessage, funny, NOW, read, rule, runWith } from '../text/given-facts.ts';
import { MIB } from './given-running.ts';

describe('previewMessage', () => {
  it('says the rule, the approvals and who could give them, never the requester', () => {
    const detail = {
      taskName: null,
      mode: null,
      direction: 'lower',
      duration: null,
      approvals: 1,
      expiresAt: '',
    } as const;
    const exceeds = { rate: 25 * MIB, from: NOW.toISOString() };
    const show = (
      approvals: number,
      mode = 'BASIC',
      name = 'nightly_sync',
      more: Partial<RequestedDetail> = {},
      run: Run | null = null,
    ) => {
      const proposal = { from: 100 * MIB, to: 50 * MIB, detail: { ...detail, approvals, ...more } };
      const preview = {
        kind: 'would-ask',
        rule: rule(),
        proposal,
        execution: execution({ mode, taskName: name }),
        run,
      } as const;
      const message = previewMessage({
        preview,
        approvers: rule().approvers,
        user: 'U0OPER',
        speed: null,
        now: NOW,
      });
      expectGoodMessage(message);
      return read(message);
    };
    const text = show(1);
    expect(text).toContain('1 approval from: <@U0LEAD> and <!subteam^S0LEADS>');
    expect(text).not.toContain('<@U0OPER>');
    expect(text).toContain('has to be given');
    expect(show(0)).toContain('nobody has to agree');
    const two = show(2, 'BASIC', 'nightly_sync', { exceeds, policies: ['a', 'b'] });
    expect(two).toContain(
      'Counts as a raise: without it, the limit would be 25 MiB/s (210 Mbit/s) from <!date^1795353900^',
    );
    expect(two).toContain('Two policies are active while bots are being updated');
    expect(text).not.toMatch(/Counts as a raise|Two policies|If set now/);
    const timed = { duration: 7200 };
    expect(show(1, 'BASIC', 'x', timed)).toMatch(/If set now, it reverts <!date\^1795361100\^.*> to 100 MiB\/s .*\)\./);
    const covering = show(1, 'BASIC', 'x', timed, runWith([{ request: 'r-other00000', rate: 100 * MIB }]));
    expect(covering).toContain('to 100 MiB/s (839 Mbit/s), the limit of request `r-other00000`.');
    expect(show(2, 'ENHANCED')).toContain('*Enhanced mode*');
    fc.assert(fc.property(funny(256), (name) => void show(1, 'BASIC', name)));
  });
});
