import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestedDetail } from '../../../../src/domain/audit/request-details.ts';
import { previewMessage } from '../../../../src/slack/views/lists/preview.ts';
import { execution, expectGoodMessage, funny, NOW, read, rule } from '../text/given-facts.ts';
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
    const takeover = { request: 'r-1', base: -1, dueAt: NOW.toISOString(), why: 'ends-earlier' } as const;
    const show = (approvals: number, mode = 'BASIC', name = 'nightly_sync', more: Partial<RequestedDetail> = {}) => {
      const proposal = { from: 100 * MIB, to: 50 * MIB, detail: { ...detail, approvals, ...more } };
      const preview = {
        kind: 'would-ask',
        rule: rule(),
        proposal,
        execution: execution({ mode, taskName: name }),
        running: null,
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
    const two = show(2, 'BASIC', 'nightly_sync', { takeover, policies: ['a', 'b'] });
    expect(two).toContain('Needs the approvals for a change to unlimited: it ends before the running limit');
    expect(two).toContain('Two policies are active while bots are being updated');
    expect(text).not.toMatch(/Needs the approvals|Two policies/);
    expect(show(2, 'ENHANCED')).toContain('*Enhanced mode*');
    fc.assert(fc.property(funny(256), (name) => void show(1, 'BASIC', name)));
  });
});
