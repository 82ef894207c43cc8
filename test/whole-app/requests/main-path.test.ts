import { createHash, createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { COMMAND, expectGoodManners, LEAD, MiB, OPERATOR, readLog, startTestWorld, type TestWorld } from '../world.ts';

let world: TestWorld | null = null;

afterEach(async () => {
  if (world) expectGoodManners(world);
  await world?.stop();
  world = null;
});

describe.each(['http', 'socket'] as const)('the main path over %s', (mode) => {
  it('is asked, agreed, set, read back and on record', async () => {
    world = await startTestWorld({ mode });
    const { slack, aws, arn } = world;

    const words = `${arn} 50MiB/s for 2h video call at 9`;
    const told = await world.told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, words));
    expect(told.text).toContain('It needs one approval');
    expect(told.ms).toBeLessThan(3000);

    const card = await world.card(arn, 'Waiting for 1 approval');
    const asked = visibleText(card);
    const task = arn.split('/')[1] ?? '';
    for (const fact of ['nightly-archive', arn.slice(-22), 'account 111122223333, us-east-1', 'olga', 'production']) {
      expect(asked).toContain(fact);
    }
    expect(asked).toContain('100 MiB/s (839 Mbit/s) → 50 MiB/s (419 Mbit/s)');
    expect(asked).toMatch(/Time left at the old limit\*\nabout [56] h/);
    expect(asked).toMatch(/Time left at the new limit\*\nabout \d h.*; the limit reverts to 100 MiB\/s/);
    expect(asked).toContain('video call at 9');
    expect(asked).toContain('Can decide: <!subteam^S0LEADS>. Open until <!date^');
    expect(asked).toMatch(/holds for this one run only, for 2 h.*sets the rate from before back by itself/);
    expect(card.text).toContain('50 MiB/s (419 Mbit/s)');
    expect(task).toMatch(/^task-/);

    expect((await measured()).get('open_requests')).toBe(1);
    const modal = await world.review(LEAD, card);
    const facts = visibleText(modal);
    for (const fact of ['TRANSFERRING', '100 MiB/s (839 Mbit/s) → 50 MiB/s', 'video call at 9', 'nobody yet']) {
      expect(facts).toContain(fact);
    }
    expect(aws.execution(arn).bytesPerSecond).toBe(100 * MiB);
    const submitted = await slack.as(LEAD).submit(modal, { decision: 'approve', comment: 'go on' });
    expect(submitted).toMatchObject({ status: 200, responseAction: 'clear' });
    expect(submitted.ms).toBeLessThan(3000);

    const result = await world.result(card);
    expect(aws.execution(arn).bytesPerSecond).toBe(50 * MiB);
    expect(world.sent(arn)).toEqual([50 * MiB]);

    // The same again, as Slack may send it.
    expect((await slack.redeliver()).status).toBe(200);

    // Each metric of the bot is moved by what it counts, and by nothing else.
    const metrics = await measured();
    expect(metrics.get('open_requests')).toBe(0);
    metrics.delete('open_requests');
    // All work is taken at once here (readiness.test.ts has some that is not).
    expect(metrics.get('oldest_work_age_seconds')).toBeLessThan(60);
    metrics.delete('oldest_work_age_seconds');
    expect(metrics.get('dead_letters')).toBe(0);
    metrics.delete('dead_letters');
    expect([...metrics].filter(([, value]) => !(value > 0))).toEqual([]);
    expect(metrics.size).toBeGreaterThan(0);

    // One message in the channel, edited in place; the result in its thread, and broadcast.
    const done = await world.card(arn, 'In force');
    expect(done.ts).toBe(card.ts);
    expect(visibleText(done)).toContain('1 of 1: lena');
    expect(slack.messages('C0OPS').map(({ ts }) => ts)).toEqual([card.ts, result.ts]);
    expect(result).toMatchObject({ thread_ts: card.ts, subtype: 'thread_broadcast' });
    expect(slack.thread('C0OPS', card.ts)).toHaveLength(2);

    const log = await readLog(world);
    const records = await world.records();
    expect(records.map(({ event }) => event)).toEqual([
      'requested',
      'approved',
      'apply.started',
      'applied',
      'revert.scheduled',
    ]);
    const applied = records.find(({ event }) => event === 'applied');
    const hash = log[(applied?.seq ?? 0) - 1]?.hash.toString('hex') ?? '';
    const [, seq, shown = ''] = /audit record (\d+) · hash `([0-9a-f]+)`/.exec(visibleText(result)) ?? [];
    expect(Number(seq)).toBe(applied?.seq);
    expect(shown.length).toBeGreaterThanOrEqual(20);
    expect(hash.startsWith(shown)).toBe(true);
    expect(visibleText(result)).toMatch(
      /50 MiB\/s \(419 Mbit\/s\).*\n.*it was 100 MiB\/s.*<@U0OPER>, approved by lena/,
    );
    expect(applied).toMatchObject({ from: 100 * MiB, to: 50 * MiB, execution: arn, actor: null });
    expect(applied?.detail).toMatchObject({ rate: 50 * MiB });
    expect(applied?.aws?.requestId).toBeTruthy();
    expect(records[1]).toMatchObject({
      actor: { team: 'T0DEMO', user: LEAD, name: 'lena' },
      detail: { comment: 'go on' },
    });

    // The leads are called by their group, when the card is posted; the requester when it is done. Edits call nobody.
    expect(slack.notified).toEqual([
      { channel: 'C0OPS', ts: card.ts, called: ['S0LEADS'] },
      { channel: 'C0OPS', ts: result.ts, called: [OPERATOR] },
    ]);

    const update = aws.calls.find(({ operation }) => operation === 'UpdateTaskExecution');
    expect(update?.identity?.session).toMatchObject({
      role: 'arn:aws:iam::111122223333:role/datasync-throttle',
      name: applied?.request,
      sourceIdentity: 'slack-T0DEMO-U0OPER',
    });
    expectChain(log, world.env.AUDIT_KEYS ?? '');
  });
});

/** The bot's own metrics by their short names, summed over their labels. */
async function measured(): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${world?.bots[0]?.opsPort}/metrics`)).text();
  const names = [...text.matchAll(/^# TYPE datasync_throttle_(\S+) (\w+)$/gm)];
  return new Map(
    names.map(([, name = '', type]) => {
      const series = type === 'histogram' ? `${name}_count` : name;
      const values = text.matchAll(new RegExp(`^datasync_throttle_${series}(?:\\{.*\\})? (\\S+)$`, 'gm'));
      return [name, [...values].reduce((sum, [, value]) => sum + Number(value), 0)];
    }),
  );
}

/** The chain by the contract's text alone. */
function expectChain(log: Awaited<ReturnType<typeof readLog>>, auditKeys: string): void {
  const keys = new Map(auditKeys.split(',').map((pair) => pair.split(':') as [string, string]));
  let prev = '0'.repeat(64);
  let at = '';
  for (const [place, { bytes, hash, mac, kid }] of log.entries()) {
    const record = JSON.parse(bytes);
    expect(JSON.stringify(record)).toBe(bytes);
    expect(record).toMatchObject({ v: 1, seq: place + 1, prev, log: JSON.parse(log[0]?.bytes ?? '').log });
    expect(record.at >= at).toBe(true);
    const own = createHash('sha256').update('datasync-throttle/audit/v1\n').update(bytes).digest();
    expect(hash.equals(own)).toBe(true);
    const key = Buffer.from(keys.get(kid) ?? '', 'hex');
    expect(key).toHaveLength(32);
    expect(mac.equals(createHmac('sha256', key).update(own).digest())).toBe(true);
    prev = own.toString('hex');
    at = record.at;
  }
}
