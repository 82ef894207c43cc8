import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsOf } from '../../../../sandbox/slack/block-walk.ts';
import type { RequestStatus, ThrottleRequest } from '../../../../src/domain/request/throttle-request.ts';
import type { Run } from '../../../../src/domain/run/run.ts';
import { resultMessage } from '../../../../src/slack/views/cards/result.ts';
import {
  approval,
  ending,
  expectGoodMessage,
  funny,
  hold,
  LONGEST,
  NOW,
  RECORD,
  read,
  request,
  runWith,
  seal,
} from '../text/given-facts.ts';

function result(status: RequestStatus, but: Partial<ThrottleRequest> = {}, run: Run | null = null) {
  const message = resultMessage({
    request: request({ status, ending: ending(), ...but }),
    run,
    record: RECORD,
    now: NOW,
    seal,
  });
  if (!message) throw new Error(`${status} has no result`);
  const { broadcast, ...view } = message;
  expectGoodMessage(view);
  const buttons = elementsOf(JSON.parse(JSON.stringify(view.blocks)));
  return { ...message, all: read(view), buttons: buttons.map(({ actionId, element }) => [actionId, element.value]) };
}

describe('the result', () => {
  it.each(['pending', 'approved', 'applying', 'cancelled'] as const)('is nothing to say: %s', (status) => {
    expect(resultMessage({ request: request({ status }), record: RECORD, now: NOW, seal })).toBeNull();
  });

  it('of an applied one says what is in force, by whom, when, and where it is on record', () => {
    const { all, text, broadcast, buttons } = result('applied', {
      approvals: [approval(), approval('U0SECOND', 'Cy Second')],
      ending: ending({ rate: 52_428_800 }),
      durationSeconds: 7200,
      hold: hold({ dueAt: '2026-11-22T15:25:00.000Z' }),
    });
    expect(all.split('\n')[0]).toBe(':white_check_mark: *In force: nightly_sync is limited to 50 MiB/s (419 Mbit/s)*');
    expect(all).toContain('Read back from AWS <!date^1795353900^');
    expect(all).toContain('it was 100 MiB/s (839 Mbit/s)');
    expect(all).toContain('Asked by <@U0OPER>, approved by Bo Lead and Cy Second.');
    expect(all).toContain('audit record 42 · hash `0123456789abcdef0123`');
    expect(all).toContain('goes back to 100 MiB/s (839 Mbit/s) by itself <!date^1795361100^');
    expect(buttons).toEqual([['revert-now', 'sealed r-0123456789']]);
    expect(text).toContain('In force: nightly_sync is limited to 50 MiB/s (419 Mbit/s)');
    expect(broadcast).toBe(true);
  });

  it('has one Revert now, also without an end, and names the limit that is next', () => {
    const until = '2026-11-22T15:25:00.000Z';
    const run = runWith([{ request: 'r-other00000', rate: 25 * 1_048_576 }, { until }]);
    const { all, buttons, blocks } = result('applied', { durationSeconds: 7200, hold: hold({ dueAt: until }) }, run);
    expect(all).toContain('goes back to 25 MiB/s (210 Mbit/s) by itself <!date^1795361100^');
    expect(buttons).toEqual([['revert-now', 'sealed r-0123456789']]);
    expect(JSON.stringify(blocks)).toContain('The limit becomes 25 MiB/s (210 Mbit/s), unless someone');
    expect(result('applied', {}, runWith([{}])).buttons).toEqual([['revert-now', 'sealed r-0123456789']]);
    // Where it is not known whether its limit applies.
    expect(result('applied').buttons).toEqual([]);
    expect(result('applied', {}, runWith([])).buttons).toEqual([]);
    for (const status of ['failed', 'stale', 'denied', 'expired'] as const) expect(result(status).buttons).toEqual([]);
  });

  it('quotes what the approvers wrote: the form says that the channel sees it', () => {
    const wrote = (name: string, comment: string | null) => ({ ...approval(`U0${name}`, name), comment });
    const { all } = result('applied', { approvals: [wrote('Bo', 'fine until 18:00'), wrote('Cy', null)] });
    expect(all).toContain('Comment by Bo: fine until 18:00');
    expect(all).not.toContain('Comment by Cy');
    fc.assert(fc.property(funny(1000), (words) => void result('applied', { approvals: [wrote('Bo', words)] })));
  });

  it('of a lifted limit', () => {
    const { all } = result('applied', { to: -1, ending: ending({ rate: -1 }), approvals: [] });
    expect(all).toContain('nightly_sync has no limit now (unlimited)');
    expect(all).toContain('no approval needed');
  });

  it.each([
    ['failed', { why: 'other-rate', rate: 1_048_576 }, true, 'Last read back from AWS: 1 MiB/s (8.39 Mbit/s)'],
    ['stale', { why: 'rate', rate: 1_048_576 }, false, 'Ask again'],
    ['denied', { by: approval().by, comment: 'not tonight' }, false, 'Comment: not tonight'],
    ['expired', {}, false, 'Not agreed in time'],
  ] as const)('tells the requester: %s', (status, end, broadcast, words) => {
    const message = result(status, { ending: ending(end) });
    expect(message.broadcast).toBe(broadcast);
    expect(message.all).toContain(words);
    expect(message.all).toContain('<@U0OPER>');
    expect(message.all).toContain('0123456789abcdef0123');
  });

  it('of one that was sent and can’t be read back: not that it failed', () => {
    const refused = { action: 'datasync:DescribeTaskExecution', role: 'arn:aws:iam::111122223333:role/x' };
    const apply = { startedAt: '2026-11-22T13:22:00.000Z', sentAt: '2026-11-22T13:22:00.000Z', attempt: 1 };
    const { all, text } = result('failed', {
      durationSeconds: 3600,
      apply: { ...apply, role: null, unknownSince: null },
      ending: ending({ why: 'unseen', refused }),
    });
    expect(text).toMatch(/^Not known: whether nightly_sync was set to 50 MiB/);
    expect(all).toContain('no permission for `datasync:DescribeTaskExecution` with the role `arn:aws:iam');
    expect(all).toContain('nothing sets it back by itself');
    expect(all).not.toContain('Failed');
  });

  it('of a denied one: the limit stays; where it was for more time, the time runs on', () => {
    const denied = { ending: ending({ by: approval().by, comment: 'not tonight' }) };
    expect(result('denied', denied).all).toContain('Denied: nightly_sync stays as it is');
    const longer = { request: 'r-0000000001', dueAt: '2026-11-22T15:25:00.000Z', totalSeconds: 7200 };
    const { all, text } = result('denied', { ...denied, durationSeconds: 3600, extends: longer });
    expect(all).toContain('Denied: no more time for nightly_sync');
    expect(all).toContain('said no to 50 MiB/s (419 Mbit/s) for 1 h more.');
    for (const said of [all, text]) expect(said).toContain('the limit goes back when it is over');
    expect(all).not.toContain('stays as it is');
  });

  it('notifies nobody by what people wrote, and stays within the limits', () => {
    const facts = fc.record({
      status: fc.constantFrom('applied', 'failed', 'stale', 'denied', 'expired'),
      comment: funny(1000),
      name: funny(80),
      taskName: funny(256),
      why: funny(60),
    });
    fc.assert(
      fc.property(facts, ({ status, comment, name, taskName, why }) => {
        const by = { team: 'T0', user: 'U0LEAD', name };
        result(status, { taskName, approvals: [{ ...approval(), by }], ending: ending({ by, comment, why }) });
      }),
    );
    const by = { team: 'T0', user: 'U0LEAD', name: LONGEST(80) };
    const approvals = Array.from({ length: 99 }, () => ({ ...approval(), by }));
    for (const status of ['applied', 'denied'] as const) {
      result(status, { taskName: LONGEST(256), approvals, ending: ending({ by, comment: LONGEST(1000) }) });
    }
  });
});
