import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsOf } from '../../../sandbox/slack/block-walk.ts';
import type { RequestedDetail } from '../../../src/domain/request-details.ts';
import { executionList } from '../../../src/slack/views/execution-list.ts';
import { executionStatusMessage } from '../../../src/slack/views/execution-status.ts';
import { homeView, shownAtHome } from '../../../src/slack/views/home.ts';
import { previewMessage } from '../../../src/slack/views/preview.ts';
import { reminderMessage } from '../../../src/slack/views/reminder.ts';
import { AwsFault, type AwsFaultKind } from '../../../src/workflow/faults.ts';
import type { HeldRequest, Running, RunningRow } from '../../../src/workflow/list-running.ts';
import { sampleOf } from '../../domain/sample-records.ts';
import {
  ARN,
  execution,
  expectGoodMessage,
  expectGoodView,
  funny,
  LONGEST,
  NOW,
  RECORD,
  read,
  request,
  rule,
  seal,
} from './facts.ts';

const MIB = 1_048_576;
const ROLE = `arn:aws:iam::111122223333:role/${'x'.repeat(500)}`;

function held(but: Partial<HeldRequest['hold']> = {}): HeldRequest {
  const hold = {
    ...{ since: NOW.toISOString(), scheduledAt: NOW.toISOString(), dueAt: '2026-11-22T15:25:00.000Z', base: 100 * MIB },
    ...{ role: null, by: null, sent: null, end: null },
    ...but,
  };
  return { ...request({ status: 'applied' }), hold };
}

function row(but: Partial<RunningRow> = {}, name: string | null = 'nightly_sync'): RunningRow {
  return {
    execution: { arn: ARN, status: 'TRANSFERRING', mode: 'BASIC', taskName: name, bytesPerSecond: null },
    ...{ look: execution(), measured: 50 * MIB, speed: 50 * MIB, open: null, held: null, mayAsk: true },
    ...but,
  };
}

function list(but: Partial<Running> = {}, final = true, lost = false) {
  const running: Running = { rows: [row()], total: 1, from: 0, failed: [], placeless: [], complete: true, ...but };
  const sealExecution = (arn: string) => `sealed ${arn}`;
  const message = executionList({ running, final, lost, now: NOW, sealExecution, sealPage: (from) => `page ${from}` });
  expectGoodMessage(message);
  const buttons = elementsOf(JSON.parse(JSON.stringify(message.blocks)));
  return { ...message, all: read(message), buttons: buttons.map(({ actionId, element }) => [actionId, element.value]) };
}

function failed(kind: AwsFaultKind, pending = false) {
  const fault = new AwsFault(kind, { operation: 'datasync:ListTaskExecutions' });
  return { region: 'sa-east-1', role: ROLE, fault, pending };
}

describe('executionList', () => {
  it('has name, status, progress, limit, measured speed, time left and a button', () => {
    const { all, buttons, text } = list();
    expect(text).toBe('1 running or queued execution.');
    expect(all).toContain('*nightly_sync* · TRANSFERRING');
    expect(all).toContain(
      '████░░░░░░ 42 % · limit 100 MiB/s (839 Mbit/s) · measured 50 MiB/s (419 Mbit/s) · time left: about 20 min',
    );
    expect(buttons).toEqual([
      ['throttle', `sealed ${ARN}`],
      ['list-refresh', 'page 0'],
    ]);
  });

  it('counts the time left over the end of a limit, and takes no average for its speed', () => {
    const limited = execution({ bytesPerSecond: 10 * MIB });
    const hour = new Date(NOW.getTime() + 3_600_000).toISOString();
    // 59,392 MiB left: an hour at 10 MiB/s, then at 100 MiB/s at most.
    expect(
      list({ rows: [row({ look: limited, measured: null, speed: null, held: held({ dueAt: hour }) })] }).all,
    ).toContain(
      'average 100 MiB/s (839 Mbit/s) · time left: at least 1 h 3 min; the limit reverts to 100 MiB/s (839 Mbit/s) before that',
    );
  });

  it('says what is measured and what is an average', () => {
    expect(list({ rows: [row({ measured: null })] }).all).toContain('average 100 MiB/s');
    expect(list({ rows: [row({ measured: 0 })] }).all).toContain('measured: nothing moves');
    expect(list({ rows: [row({ measured: null, look: execution({ startedAt: null }) })] }).all).toContain(
      'speed not measured yet',
    );
    expect(list({ rows: [row({ look: null })] }).all).toContain('not known yet');
  });

  it('shows an open request, a running timer, Enhanced mode; and no button for who may not ask', () => {
    const enhanced = { ...row().execution, mode: 'ENHANCED' };
    const { all, buttons } = list({
      rows: [row({ open: request(), held: held(), mayAsk: false, execution: enhanced })],
    });
    expect(all).toContain('*Waiting for 1 approval*');
    expect(all).toContain(
      ':alarm_clock: Limit of `r-0123456789`, goes back to 100 MiB/s (839 Mbit/s) <!date^1795361100',
    );
    expect(all).toContain('Enhanced mode');
    expect(buttons).toEqual([['list-refresh', 'page 0']]);
  });

  it('pages', () => {
    const rows = Array.from({ length: 10 }, () => row());
    expect(list({ rows, total: 300, from: 20 }).text).toBe('300 running or queued executions, 21 to 30 of them here.');
    const pages = (but: Partial<Running>) =>
      list({ rows, total: 300, ...but }).buttons.filter(([id]) => id !== 'throttle');
    expect(pages({ from: 0 })).toEqual([
      ['list-next', 'page 10'],
      ['list-refresh', 'page 0'],
    ]);
    expect(pages({ from: 20 }).map(([id]) => id)).toEqual(['list-back', 'list-next', 'list-refresh']);
    expect(pages({ from: 290 }).map(([id]) => id)).toEqual(['list-back', 'list-refresh']);
  });

  it('names what could not be seen, and what is still to come', () => {
    const kinds = [
      ...(['throttled', 'denied', 'not-found', 'gone', 'rejected', 'no-answer', 'internal', 'not-aws'] as const),
      ...(['credentials', 'region', 'clock', 'unresolved', 'proxy'] as const),
    ];
    for (const kind of kinds) expect(list({ failed: [failed(kind)] }).all).toContain('*sa-east-1*');
    expect(list({ failed: [failed('no-answer', true)], complete: false }, false).text).toContain('still being asked');
    expect(list({ failed: [failed('no-answer', true)], complete: false }).all).toContain('no answer in time');
    expect(list({ rows: [], total: 0 }).text).toContain('Nothing is running');
    for (const pending of [false, true]) {
      const { text } = list({ rows: [], total: 0, failed: [failed('denied', pending)], complete: !pending });
      expect(text).toBe('It is not known what is running or queued.');
    }
    const asking = list({ rows: [], total: 0, failed: [failed('no-answer', true)], complete: false }, false);
    expect(asking.text).toBe('AWS is still being asked what is running or queued.');
    expect(list({ failed: [failed('denied')] }).text).toBe('At least 1 running or queued execution.');
    const placeless = list({ rows: [], total: 0, placeless: ['<!here>', 'b'] });
    expect(placeless.text).toBe('It is not known what is running or queued.');
    expect(placeless.all).toMatch(/The rules `&lt;!here&gt;` and `b` name no Region.*`AWS_REGION`/);
  });

  it('fits, and wakes nobody by a name', () => {
    const long = row({ open: request({ taskName: LONGEST(256), reason: LONGEST(500) }), held: held() }, LONGEST(256));
    const rows = Array.from({ length: 10 }, () => long);
    list({ rows, total: 1e6, from: 500, failed: Array.from({ length: 40 }, () => failed('no-answer')) });
    fc.assert(
      fc.property(funny(256), funny(40), (name, status) => {
        list({ rows: [row({ look: execution({ status, taskName: name }) }, name)] });
      }),
    );
  });
});

function lines(count: number, words = 'cutover') {
  const detail = { why: words, denial: words, duration: 604_799 };
  const actor = { team: 'T0', user: 'U1', name: words };
  return Array.from({ length: count }, () => ({
    ...RECORD,
    record: { ...sampleOf('refused'), request: 'r-0123456789', reason: words, rule: words, detail, actor },
  }));
}

type Status = Parameters<typeof executionStatusMessage>[0]['status'];

function status(but: Partial<Status> = {}, more: { card?: string; throttle?: string; lost?: true } = {}): string {
  const all: Status = {
    ...{ kind: 'status', look: execution(), measured: 50 * MIB, speed: 50 * MIB },
    ...{ open: null, held: null, lines: [], mayAsk: true },
    ...but,
  };
  const { card = null, throttle = null, lost = false } = more;
  const message = executionStatusMessage({ status: all, card, throttle, lost, now: NOW });
  expectGoodMessage(message);
  return read(message);
}

describe('executionStatusMessage', () => {
  it('has it all', () => {
    const files = { transferred: 10, estimated: 40 };
    const card = 'https://w.slack.com/archives/C0OPS/p1';
    const text = status(
      { look: execution({ files }), open: request(), held: held(), lines: lines(5) },
      { card, throttle: 'sealed' },
    );
    for (const words of [
      '10 of 40',
      '42 GiB of 100 GiB',
      'measured 50 MiB/s',
      'open the card',
      'goes back to',
      'On record',
    ])
      expect(text).toContain(words);
  });

  it('says little where little is known', () => {
    const bare = { mode: null, startedAt: null, bytesEstimated: 0, bytesTransferred: 0, taskName: null };
    const text = status({ look: execution(bare), measured: null });
    expect(text).toContain('AWS has no estimate yet');
    expect(text).toContain('0 B of not known yet');
  });

  it('fits, and wakes nobody', () => {
    const look = execution({ taskName: LONGEST(256), status: LONGEST(100), mode: 'ENHANCED' });
    status({ look, open: request({ taskName: LONGEST(256) }), lines: lines(5, LONGEST(1000)) });
    fc.assert(
      fc.property(funny(200), (words) => void status({ look: execution({ taskName: words }), lines: lines(2, words) })),
    );
  });
});

describe('previewMessage', () => {
  it('says the rule, the approvals and who could give them, never the one who asks', () => {
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

describe('homeView', () => {
  const stored = (count: number, but = {}) =>
    Array.from({ length: count }, () => ({ request: request(but), record: RECORD }));
  const home = (facts: Parameters<typeof homeView>[0]['facts'], lost = false) => {
    const view = homeView({ facts, links: new Map([['r-0123456789', 'https://w.slack.com/x']]), lost, now: NOW, seal });
    expectGoodView(view);
    return { view, text: read(view), buttons: elementsOf(JSON.parse(JSON.stringify(view.blocks))) };
  };

  it('has what waits, with Review; what was asked; timers; what runs; what is on record', () => {
    const running = { rows: [row()], total: 12, from: 0, failed: [failed('denied')], placeless: [], complete: true };
    const { text, buttons } = home({
      ...{
        kind: 'home',
        toDecide: stored(1),
        asked: stored(1),
        held: [held()],
        heldInAll: 1,
        running,
        lines: lines(10),
      },
    });
    expect(buttons.map(({ actionId, element }) => [actionId, element.value])).toEqual([
      ['review', 'sealed r-0123456789'],
    ]);
    for (const words of [
      'For you to decide* (1)',
      'still open* (1)',
      'go back by themselves* (1)',
      'At least 12 executions',
      'sa-east-1',
    ])
      expect(text).toContain(words);
  });

  it('shows no requests and no records while the log is lost, and says so on top', () => {
    const rows = [row({ open: request(), held: held() })];
    const running = { rows, total: 1, from: 0, failed: [], placeless: [], complete: true };
    const { text, buttons } = home(
      {
        ...{ kind: 'home', toDecide: stored(1), asked: stored(1), held: [held()], heldInAll: 1, running },
        lines: lines(3),
      },
      true,
    );
    expect(text).toMatch(/^:rotating_light: \*The audit log is not the one/);
    expect(text).toContain('nightly_sync');
    expect(text).not.toMatch(/r-0123456789|On record|For you to decide|back by themselves/);
    expect(buttons).toEqual([]);
    expect(home({ kind: 'no-member' }, true).text).not.toContain('audit log');
    for (const marked of [list({}, true, true).all, status({}, { lost: true })]) {
      expect(marked).toMatch(/^:rotating_light: \*The audit log is not the one/);
    }
  });

  it('has room for ten to decide and ten of one’s own: no link is looked up for more', () => {
    const facts = {
      ...{ kind: 'home' as const, toDecide: stored(25), asked: stored(25) },
      held: [],
      heldInAll: 0,
      lines: [],
    };
    expect(shownAtHome({ ...facts, running: null })).toHaveLength(20);
    expect(shownAtHome({ kind: 'no-member' })).toEqual([]);
  });

  it('says so where there is nothing, and to a guest', () => {
    const nothing = { rows: [], total: 0, from: 0, failed: [], placeless: [], complete: true };
    const nobody = { kind: 'home' as const, toDecide: [], asked: [], held: [], heldInAll: 0, lines: [] };
    const { text } = home({ ...nobody, running: nothing });
    expect(text).toContain('Nothing waits for you.');
    expect(text).toContain('Nothing that the policy names.');
    expect(home({ kind: 'no-member' }).text).toContain('Only full members of this workspace');
    home({ ...nobody, running: null });
    for (const unseen of [{ failed: [failed('no-answer', true)], complete: false }, { placeless: ['production'] }]) {
      const running = { ...nothing, ...unseen };
      const { text: told } = home({ ...nobody, running });
      expect(told).toContain('It is not known what is running or queued.');
      expect(told).not.toContain('Nothing that the policy names');
    }
  });

  it('fits, and wakes nobody', () => {
    const long = {
      taskName: LONGEST(256),
      reason: LONGEST(500),
      requester: { team: 'T0', user: 'U1', name: LONGEST(80) },
    };
    const rows = Array.from({ length: 10 }, () => row({ open: request(long), held: held() }, LONGEST(256)));
    const { view } = home({
      ...{ kind: 'home', toDecide: stored(99, long), asked: stored(99, long), lines: lines(10, LONGEST(1000)) },
      held: Array.from({ length: 99 }, () => ({ ...held(), ...long })),
      heldInAll: 99,
      running: {
        rows,
        total: 1e6,
        from: 0,
        failed: Array.from({ length: 99 }, () => failed('denied')),
        placeless: [],
        complete: true,
      },
    });
    expect(view.blocks.length).toBeLessThanOrEqual(100);
    fc.assert(
      fc.property(funny(200), (words) => {
        const asked = stored(1, { reason: words, taskName: words });
        home({ kind: 'home', toDecide: asked, asked, held: [], heldInAll: 0, running: null, lines: lines(1, words) });
      }),
    );
  });
});

describe('reminderMessage', () => {
  it('says what waits, with Review', () => {
    const message = reminderMessage({ request: request(), card: 'https://w.slack.com/x', seal });
    expectGoodMessage(message);
    for (const words of ['waits for you to decide', 'Ann Oper', '<#C0OPS>', 'cutover tonight', 'Review']) {
      expect(read(message)).toContain(words);
    }
    fc.assert(
      fc.property(funny(500), (words) => {
        const asked = request({ reason: words, taskName: words, requester: { team: 'T0', user: 'U1', name: words } });
        expectGoodMessage(reminderMessage({ request: asked, card: null, seal }));
      }),
    );
  });
});
