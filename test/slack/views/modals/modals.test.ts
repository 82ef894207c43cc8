import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsOf } from '../../../../sandbox/slack/block-walk.ts';
import { averageRate, impact } from '../../../../src/domain/execution/impact.ts';
import type { TaskExecution } from '../../../../src/domain/execution/task-execution.ts';
import type { ThrottleRequest } from '../../../../src/domain/request/throttle-request.ts';
import type { Exceeded } from '../../../../src/domain/run/exceeded.ts';
import type { NextLimit } from '../../../../src/domain/run/limit-ends.ts';
import { loadingModal, noticeModal } from '../../../../src/slack/views/modals/notices.ts';
import {
  executionOption,
  REQUEST_FIELDS,
  type RequestValues,
  requestModal,
} from '../../../../src/slack/views/modals/request-modal.ts';
import { REVIEW_FIELDS, reviewModal } from '../../../../src/slack/views/modals/review-modal.ts';
import { AwsFault } from '../../../../src/workflow/faults.ts';
import {
  ARN,
  approval,
  execution,
  expectGoodView,
  funny,
  LONGEST,
  NOW,
  read,
  request,
  rule,
} from '../text/given-facts.ts';

const EMPTY: RequestValues = { execution: null, rate: '', duration: '', reason: '' };

function asking(but: Partial<Parameters<typeof requestModal>[0]> = {}) {
  const facts = { metadata: 'm', values: EMPTY, problem: null, preview: null, previewProblem: null, now: NOW };
  const view = requestModal({ ...facts, ...but });
  expectGoodView(view);
  const placed = elementsOf(JSON.parse(JSON.stringify(view.blocks)));
  return { view, all: read(view), element: (block: string) => placed.find(({ blockId }) => blockId === block) };
}

function reviewing(
  but: {
    request?: Partial<ThrottleRequest>;
    execution?: Partial<TaskExecution>;
    needed?: number;
    /** AWS could not say. */
    problem?: string;
    exceeds?: Exceeded;
    next?: NextLimit;
    several?: boolean;
  } = {},
) {
  const asked = request(but.request);
  const looked = execution(but.execution);
  const view = reviewModal({
    metadata: 'm',
    request: asked,
    rule: rule(),
    needed: but.needed ?? 2,
    now: NOW,
    problem: but.problem ?? null,
    exceeds: but.exceeds ?? null,
    next: but.next ?? null,
    several: but.several ?? false,
    observed: but.problem
      ? null
      : { execution: looked, impact: impact(looked, asked.from, asked.to, averageRate(looked)) },
  });
  expectGoodView(view);
  return { view, all: read(view) };
}

describe('requestModal', () => {
  it('asks for execution, rate, duration and reason, each under its own id', () => {
    const { element } = asking();
    for (const { block, action } of Object.values(REQUEST_FIELDS)) expect(element(block)?.actionId).toBe(action);
    expect(element('execution')?.element).toMatchObject({ type: 'external_select', min_query_length: 0 });
    expect(element('execution')?.block).toMatchObject({ dispatch_action: true });
    expect(element('rate')?.element).not.toHaveProperty('initial_value');
  });

  it('keeps what was typed', () => {
    const values = { execution: { arn: ARN, label: 'nightly' }, rate: '50MiB/s', duration: '2h', reason: 'why' };
    const { element, all } = asking({ values, problem: 'No.' });
    expect(element('execution')?.element).toMatchObject({ initial_option: { value: ARN, text: { text: 'nightly' } } });
    expect(element('rate')?.element).toMatchObject({ initial_value: '50MiB/s' });
    expect(element('duration')?.element).toMatchObject({ initial_value: '2h' });
    expect(element('reason')?.element).toMatchObject({ initial_value: 'why' });
    expect(all.split('\n').slice(0, 2)).toContain(':warning: No.');
  });

  it('shows the chosen execution as it is now, with a warning for Enhanced mode', () => {
    const { all } = asking({ preview: execution({ mode: 'ENHANCED' }) });
    expect(all).toContain('100 MiB/s (839 Mbit/s)');
    expect(all).toContain('TRANSFERRING');
    expect(all).toContain('Only the read-back');
    expect(asking({ previewProblem: 'AWS is away.' }).all).toContain('AWS is away.');
  });

  it('says what the list lacks, however much that is', () => {
    const target = {
      region: 'us-east-1',
      role: `arn:aws:iam::111122223333:role/${LONGEST(512)}`,
      pending: false,
      fault: new AwsFault('denied', { operation: 'datasync:ListTaskExecutions' }),
    };
    const failed = { kind: 'failed', target } as const;
    expect(asking({ lacks: [failed] }).all).toContain(
      'AWS refused `datasync:ListTaskExecutions`. What runs there is not',
    );
    expect(asking({ lacks: Array.from({ length: 20 }, () => failed) }).all).toContain('And 16 more.');
    const rules = Array.from({ length: 20 }, () => LONGEST(80));
    expect(asking({ lacks: [{ kind: 'no-region', rules }] }).all).toContain('`AWS_REGION`');
    const channels = Array.from({ length: 20 }, (_, index) => `C0123456789${index}`);
    expect(asking({ lacks: [{ kind: 'no-rule', channels }] }).all).toContain('Ask in <#C01234567890>, ');
    expect(asking({ lacks: [{ kind: 'no-rule', channels: [] }] }).all).toContain('nothing to choose.');
  });

  it('says that a limit is for one run, and what a duration does', () => {
    expect(asking().all).toContain('this one run only');
    expect(asking().all).toContain('the rate from before is set back by itself');
  });

  it('takes whatever was typed', () => {
    fc.assert(
      fc.property(funny(2000), funny(256), (typed, label) => {
        asking({
          values: { execution: { arn: ARN, label }, rate: typed, duration: typed, reason: typed },
          preview: execution({ status: label, taskName: label }),
        });
      }),
    );
  });
});

describe('executionOption', () => {
  it('gives each execution an option of its own', () => {
    expect(executionOption({ arn: ARN, status: 'QUEUED', taskName: 'nightly', bytesPerSecond: -1 })).toMatchObject({
      text: { text: 'nightly · QUEUED' },
      description: { text: 'unlimited · exec-0123456789abcdef0' },
      value: ARN,
    });
    expect(executionOption({ arn: ARN, status: 'QUEUED', taskName: null, bytesPerSecond: null })).toMatchObject({
      text: { text: 'exec-0123456789abcdef0 · QUEUED' },
      description: { text: 'limit not known yet · exec-0123456789abcdef0' },
    });
  });

  it('fits', () => {
    fc.assert(
      fc.property(funny(256), funny(60), (taskName, status) => {
        const { text, description } = executionOption({ arn: ARN, status, taskName, bytesPerSecond: 9e15 });
        expect(text.text.length).toBeLessThanOrEqual(75);
        expect(description?.text.length).toBeLessThanOrEqual(75);
      }),
    );
  });
});

describe('reviewModal', () => {
  it.each([
    ['the change', '*nightly_sync: 100 MiB/s (839 Mbit/s) → 50 MiB/s (419 Mbit/s)*'],
    ['the status', 'TRANSFERRING'],
    ['the mode', '*Mode*\nBasic'],
    ['the progress', '████░░░░░░ 42 %'],
    ['the time left now', 'about 9 min 54 s'],
    ['the time left then', 'about 20 min'],
    ['the reason', 'Reason: cutover tonight'],
    ['the duration', 'for 2 h from when it is in force, until <!date^1795361100^'],
    ['what comes then', 'if it is set now: then the bot sets the rate from before back by itself'],
    ['the rule', 'production'],
    ['who asked', '<@U0OPER>'],
    ['who has agreed', '<@U0LEAD>\n1 approval still needed'],
    ['what a denial needs', 'Needed for a denial'],
  ])('has %s', (_what, words) => {
    expect(reviewing({ request: { durationSeconds: 7200, approvals: [approval()] } }).all).toContain(words);
  });

  it('takes a decision and a comment', () => {
    const placed = elementsOf(JSON.parse(JSON.stringify(reviewing().view.blocks)));
    expect(placed.map(({ blockId, actionId }) => [blockId, actionId])).toEqual(
      Object.values(REVIEW_FIELDS).map(({ block, action }) => [block, action]),
    );
    expect(placed[0]?.element.options).toMatchObject([{ value: 'approve' }, { value: 'deny' }]);
  });

  it('has the decision to deny alone, where AWS could not say', () => {
    const { view, all } = reviewing({ problem: 'AWS refused `datasync:DescribeTaskExecution`' });
    const placed = elementsOf(JSON.parse(JSON.stringify(view.blocks)));
    expect(placed[0]?.element.options).toMatchObject([{ value: 'deny' }]);
    expect(all).toContain('how the transfer stands now (AWS refused `datasync:DescribeTaskExecution`). You can deny');
    expect(all).toContain('100 MiB/s (839 Mbit/s) → 50 MiB/s (419 Mbit/s)');
    expect(all).toContain('*Status*\nAWS could not say');
  });

  it('warns of what an approval would come to', () => {
    expect(reviewing().all).not.toContain(':warning:');
    expect(reviewing({ execution: { mode: 'ENHANCED' } }).all).toContain('not applicable');
    expect(reviewing({ execution: { bytesPerSecond: 1_048_576 } }).all).toContain('in force now is 1 MiB/s');
    expect(reviewing({ execution: { status: 'SUCCESS' } }).all).toContain(
      'takes no change of this run any more (SUCCESS)',
    );
  });

  it('says why more approvals are needed than for the rate alone', () => {
    const exceeds = { rate: 25 * 1_048_576, from: NOW.toISOString() };
    expect(reviewing({ exceeds }).all).toContain(
      'Counts as a raise: without it, the limit would be 25 MiB/s (210 Mbit/s) from <!date^1795353900^',
    );
    expect(reviewing({ several: true }).all).toContain('Two policies are active while bots are being updated');
    expect(reviewing().all).not.toMatch(/Counts as a raise|Two policies/);
  });

  it('says what the limit reverts to, and whose limit that is', () => {
    const next = { at: '2026-11-22T15:25:00.000Z', rate: 25 * 1_048_576, request: null };
    expect(reviewing({ next }).all).toMatch(
      /If set now, it reverts <!date\^1795361100\^.*> to 25 MiB\/s \(210 Mbit\/s\)\./,
    );
    expect(reviewing({ next: { ...next, request: 'r-other00000' } }).all).toContain(
      'to 25 MiB/s (210 Mbit/s), the limit of request `r-other00000`.',
    );
    expect(reviewing().all).not.toContain('it reverts');
  });

  it('stays within the limits and notifies nobody, whatever people wrote', () => {
    fc.assert(
      fc.property(funny(500), funny(256), funny(60), (reason, taskName, status) => {
        reviewing({ request: { reason, taskName, rule: status }, execution: { status } });
      }),
    );
    const approvals = Array.from({ length: 99 }, () => approval('U0123456789A'));
    const longest = { reason: LONGEST(500), taskName: LONGEST(256), approvals };
    reviewing({ request: longest, execution: { status: LONGEST(90) }, needed: 100 });
  });
});

describe('notices', () => {
  it('are modals', () => {
    expectGoodView(loadingModal('A title that is far too long for Slack', 'Asking AWS…'));
    expectGoodView(noticeModal('Review', 'Who could: <@U0LEAD>.'));
  });
});
