import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCheckpoints } from '../../../src/audit/continuity/audit-checkpoints.ts';
import { readOwnCheckpoints } from '../../../src/audit/continuity/own-checkpoints.ts';
import { writeCheckpointLine } from '../../../src/audit/format/checkpoint-format.ts';
import { readCheckpointFile } from '../../../src/audit/log/checkpoint-file.ts';
import { AUDIT_KEYS } from '../../store/given-ledger.ts';
import { alarms, bot, folder, givenCheckpoints, opened, privateKey, seqsIn, time, write } from './given-checkpoints.ts';

givenCheckpoints();

describe.each([
  ['signed', privateKey],
  ['not signed', null],
])('what somebody without a key writes to Redis, where checkpoints are %s', (_how, signingKey) => {
  const lastHash = async () => (await opened.ledger.head())?.hash ?? '';

  it('keeps no checkpoint from being made, and is told', async () => {
    const one = bot(join(folder, 'a'), signingKey);
    await one.round();
    await write(100);
    await opened.redis.hset(opened.keys.checkpoint, 'seq', '999999999');
    expect(await one.round()).toHaveLength(1);
    expect(alarms.untold()).toEqual([expect.stringContaining('Redis holds a checkpoint of record 999999999')]);
    await write(3);
    time.seconds = 700;
    await opened.redis.hset(opened.keys.checkpoint, { seq: '999999999', at: String(Date.parse('2100-01-01')) });
    expect(await one.round()).toHaveLength(1);
    expect(await seqsIn('a')).toEqual([100, 103]);
    // What was cut off since has a witness.
    expect((await readOwnCheckpoints(join(folder, 'a'), signingKey)).ok).toBe(true);
  });

  it('is told for as long as it is there, and the time of it is not believed', async () => {
    const one = bot(join(folder, 'a'), signingKey);
    await one.round();
    await write(5);
    for (const fields of [{ seq: 5, at: Date.parse('2026-03-01T00:11:00Z') }, { seq: 999 }]) {
      await opened.redis.hset(opened.keys.checkpoint, fields);
      expect(await one.round()).toEqual([]);
    }
    expect(alarms.all()).toHaveLength(1);
    time.seconds = 660;
    expect(await one.round()).toHaveLength(1);
    expect(alarms.all()).toEqual([]);
  });

  it('can not pass for a checkpoint that another bot made', async () => {
    const one = bot(join(folder, 'a'), signingKey);
    await one.round();
    await write(100);
    const { log } = (await opened.ledger.head()) ?? { log: '' };
    const forged = { log, seq: 100, hash: await lastHash(), count: 100, at: '2026-03-01T00:00:00.000Z' };
    const line = writeCheckpointLine(forged, null);
    await opened.redis.hset(opened.keys.checkpoint, { seq: 100, at: 0, line, seal: 'ab'.repeat(32) });
    expect(await one.round()).toHaveLength(1);
  });

  it('brings about one more at most: an old one of ours, or a wish for one', async () => {
    const one = bot(join(folder, 'a'), signingKey);
    await one.round();
    await write(100);
    expect(await one.round()).toHaveLength(1);
    const old = await opened.redis.hgetall(opened.keys.checkpoint);
    await write(100);
    expect(await one.round()).toHaveLength(1);
    await opened.redis.hset(opened.keys.checkpoint, old);
    expect(await one.round()).toEqual([]);
    await write(1);
    await opened.redis.hset(opened.keys.checkpoint, 'at', 0);
    expect(await one.round()).toHaveLength(1);
    expect(await one.round()).toEqual([]);
    expect(await seqsIn('a')).toEqual([100, 200, 201]);
  });

  it('does not hold the lock for good', async () => {
    const one = bot(join(folder, 'a'), signingKey);
    await one.round();
    await opened.redis.set(opened.keys.checkpointLock, 'mine');
    await write(100);
    expect(await one.round()).toEqual([]);
    time.seconds = 21;
    expect(await one.round()).toHaveLength(1);
    expect(await opened.redis.get(opened.keys.checkpointLock)).toBe('mine');
  });

  it('takes the lock away for no longer than that, however often', async () => {
    const key = opened.keys.checkpointLock;
    let stolen = 0;
    const one = createCheckpoints({
      redis: opened.redis,
      keys: opened.keys,
      auditKeys: AUDIT_KEYS,
      signingKey,
      file: join(folder, 'a'),
      alarms,
      clock: {
        now: () => {
          // While a round is at it.
          void opened.redis.set(key, 'mine', 'XX').then((set) => {
            stolen += set === null ? 0 : 1;
          });
          return new Date(Date.parse('2026-03-01T00:00:00Z') + time.seconds * 1000);
        },
      },
    });
    await one.round();
    await write(100);
    expect(await one.round()).toEqual([]);
    expect(stolen).toBeGreaterThan(0);
    expect(await opened.redis.get(key)).toBe('mine');
    await opened.redis.del(key);
    time.seconds = 21;
    expect(await one.round()).toHaveLength(1);
    expect(await seqsIn('a')).toEqual([100]);
  });

  it('gets no checkpoint: of a record that it altered, or of places that it calls empty', async () => {
    const one = bot(join(folder, 'a'), signingKey);
    await one.round();
    await write(100);
    const [entry] = await opened.redis.xrangeBuffer(opened.keys.audit, '100-0', '100-0');
    const fields = entry?.[1] ?? [];
    const bytes = Buffer.from((fields[1]?.toString() ?? '').replace('p:99', 'p:98'));
    await opened.redis.xdel(opened.keys.audit, '100-0');
    await opened.redis.call('XSETID', opened.keys.audit, '99-0');
    await opened.redis.xadd(opened.keys.audit, '100-0', 'b', bytes, ...fields.slice(2));
    await opened.redis.hset(opened.keys.losses, '50', '7');
    expect(await one.round()).toEqual([]);
    expect(alarms.all()).toEqual([expect.stringContaining('record 100 is not what a bot wrote there (altered)')]);
    await opened.redis.xdel(opened.keys.audit, '100-0');
    await opened.redis.call('XSETID', opened.keys.audit, '99-0');
    await opened.redis.xadd(opened.keys.audit, '100-0', ...fields);
    expect(await one.round()).toEqual([expect.stringContaining('"seq":100,')]);
    const [made] = (await readCheckpointFile(join(folder, 'a'))).lines;
    expect(made?.checkpoint.count).toBe(100);
    expect(alarms.all()).toEqual([]);
  });
});

describe('the newest checkpoint', () => {
  it('is made at an orderly stop, where anything is new', async () => {
    const one = bot();
    await one.round();
    await write(3);
    expect(await one.round()).toEqual([]);
    expect(await one.round(true)).toHaveLength(1);
    expect(await one.round(true)).toEqual([]);
    // Nor by the next bot that stops.
    expect(await bot(join(folder, 'b')).round(true)).toEqual([]);
    expect(await seqsIn('b')).toEqual([3]);
  });

  it('is gone on from where a bot is started anew, without any help by Redis', async () => {
    await bot().round();
    await write(100);
    await bot().round();
    await opened.redis.del(opened.keys.checkpoint);
    await write(120);
    expect(await bot().round()).toHaveLength(1);
    expect(await seqsIn('a')).toEqual([100, 200]);
    // Without a file, and without Redis: one, and not one for each hundred.
    await opened.redis.del(opened.keys.checkpoint);
    expect(await bot(null).round()).toEqual([expect.stringContaining('"seq":200,')]);
  });

  it('is too old once there were new records for as long as three should have been made in', async () => {
    const one = bot(join(folder, 'no', 'such'));
    await one.round();
    time.seconds = 100_000;
    expect(one.overdue()).toBeNull();
    await write(1);
    await expect(one.round()).rejects.toThrow('ENOENT');
    time.seconds += 1799;
    expect(one.overdue()).toBeNull();
    time.seconds += 1;
    expect(one.overdue()).toContain('no checkpoint for 30 minutes');
    await mkdir(join(folder, 'no'));
    await one.round();
    expect(one.overdue()).toBeNull();
  });
});
