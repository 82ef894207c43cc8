import { describe, expect, it } from 'vitest';
import { publishPositions } from '../../../src/audit/continuity/published-positions.ts';
import { acceptAuditLoss } from '../../../src/commands/audit/accept-audit-loss.ts';
import { LedgerLost } from '../../../src/workflow/faults.ts';
import { run } from '../../audit/log/log-fixture.ts';
import { asked, asking, AUDIT_KEYS as LOG_KEYS, openLedger, restore, snapshot } from '../../store/given-ledger.ts';
import {
  accept,
  checkpoint,
  env,
  givenCheckpointedLog,
  lastRecord,
  opened,
  verifyAll,
  write,
} from './given-checkpointed-log.ts';

givenCheckpointedLog();

describe('audit accept-loss', () => {
  it('goes on after an emptied log, at the place after the highest ever seen', async () => {
    await write(1, 5);
    await checkpoint();
    await restore(opened, new Map());
    expect((await verifyAll()).code).toBe(1);
    const accepted = await accept();
    expect(accepted).toMatchObject({ code: 0, out: expect.stringContaining('accepted as record 6') });
    expect(await lastRecord()).toMatchObject({
      seq: 6,
      event: 'loss.accepted',
      reason: 'the disk burned',
      prev: '0'.repeat(64),
      detail: { gap: { first: 1, last: 5 }, survived: null, seen: { seq: 5 } },
    });
    const found = await verifyAll();
    expect(found).toMatchObject({ code: 0 });
    expect(found.out).toContain('accepted as lost: 1 … 5');
    // The bot that saw the records goes on by itself.
    await expect(opened.ledger.recheck()).resolves.toMatchObject({ seq: 6 });
    await asked(opened.ledger, 7);
    expect((await verifyAll()).out).toContain('2 records');
  });

  it('goes on after an older copy was put back', async () => {
    await write(1, 3);
    const backup = await snapshot(opened);
    await write(4, 6);
    await checkpoint();
    await restore(opened, backup);
    await expect(opened.ledger.recheck()).rejects.toThrow(LedgerLost);
    await expect(opened.ledger.commit(asking(90))).rejects.toThrow(LedgerLost);
    expect((await verifyAll()).out).toMatch(/completeness +fault +ends at 3, and a checkpoint has seen record 6/);
    const third = JSON.parse((await opened.redis.xrange(opened.keys.audit, '3-0', '3-0'))[0]?.[1][1] ?? '');
    expect(third.seq).toBe(3);
    await accept();
    expect(await lastRecord()).toMatchObject({
      seq: 7,
      detail: { gap: { first: 4, last: 6 }, survived: { seq: 3 }, from: 4 },
    });
    await opened.ledger.recheck();
    expect(opened.ledger.lost()).toBeNull();
    await asked(opened.ledger, 91);
    expect(await verifyAll()).toMatchObject({ code: 0, out: expect.stringContaining('1 given up') });
    await expect(accept()).rejects.toThrow('nothing is lost');
  });

  it('goes on after a fork that went further, and a process that begins later does too', async () => {
    await write(1, 3);
    await checkpoint();
    const backup = await snapshot(opened);
    await write(4, 5);
    const seen = opened.ledger.position();
    await restore(opened, backup);
    const other = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '' });
    for (let number = 11; number <= 14; number++) await asked(other.ledger, number);
    await expect(opened.ledger.recheck()).rejects.toThrow(LedgerLost);
    await accept(`5:${seen?.hash}`);
    expect(await lastRecord()).toMatchObject({
      seq: 8,
      detail: { gap: null, from: 4, seen: { seq: 5 }, survived: { seq: 7 } },
    });
    await opened.ledger.recheck();
    await other.ledger.recheck();
    await asked(opened.ledger, 92);
    await asked(other.ledger, 93);
    expect(await verifyAll()).toMatchObject({ code: 0 });
    const late = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '', checkpoint: seen });
    await asked(late.ledger, 94);
    late.close();
    other.close();
  });

  it('knows from a bot that stands still what was seen, without --seen and checkpoints', async () => {
    await write(1, 4);
    const seen = opened.ledger.position();
    await restore(opened, new Map());
    await publishPositions(opened.redis, opened.keys, seen ? [seen] : [], LOG_KEYS);
    await accept(undefined, { AUDIT_CHECKPOINT_FILE: undefined });
    expect(await lastRecord()).toMatchObject({ seq: 5, log: seen?.log });
    expect(await opened.redis.exists(opened.keys.missingPositions)).toBe(0);
  });

  it('is refused where nothing is lost, without a reason, a key or a place that can be read', async () => {
    await write(1, 2);
    await checkpoint();
    await expect(accept()).rejects.toThrow('nothing is lost');
    const { seq, hash } = opened.ledger.position() ?? {};
    await expect(accept(`${seq}:${hash}`)).rejects.toThrow('nothing is lost');
    await expect(accept('5:abc')).rejects.toThrow("can't be read");
    await expect(accept(undefined, { AUDIT_KEYS: undefined })).rejects.toThrow('AUDIT_KEYS is not set');
    await expect(run(env, (terminal) => acceptAuditLoss({ reason: ' ' }, terminal))).rejects.toThrow('--reason');
    expect(await opened.redis.xlen(opened.keys.audit)).toBe(2);
  });

  it('is believed by a bot only under a key of its own', async () => {
    await write(1, 2);
    await checkpoint();
    await restore(opened, new Map());
    await accept(undefined, { AUDIT_KEYS: `k1:${'08'.repeat(32)}` });
    await expect(opened.ledger.recheck()).rejects.toThrow(LedgerLost);
  });
});
