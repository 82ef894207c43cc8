import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acceptLoss } from '../../../src/audit/continuity/accept-loss.ts';
import { createCheckpoints } from '../../../src/audit/continuity/audit-checkpoints.ts';
import { highestOf, readOwnCheckpoints } from '../../../src/audit/continuity/own-checkpoints.ts';
import { signatureOf, writeCheckpointLine } from '../../../src/audit/format/checkpoint-format.ts';
import { readCheckpointFile } from '../../../src/audit/log/checkpoint-file.ts';
import { AUDIT_KEYS } from '../../store/given-ledger.ts';
import {
  alarms,
  bot,
  folder,
  forgetAlarms,
  givenCheckpoints,
  opened,
  privateKey,
  publicKey,
  seqsIn,
  time,
  write,
} from './given-checkpoints.ts';

givenCheckpoints();

describe('checkpoints', () => {
  it('are made at every hundredth record, and after ten minutes if anything is new', async () => {
    const { round } = bot();
    expect(await round()).toEqual([]);
    await write(99);
    expect(await round()).toEqual([]);
    await write(152);
    expect(await round()).toHaveLength(2);
    expect(await seqsIn('a')).toEqual([100, 200]);
    time.seconds = 599;
    expect(await round()).toEqual([]);
    time.seconds = 601;
    const [line = ''] = await round();
    const [, , newest] = (await readCheckpointFile(join(folder, 'a'))).lines;
    expect(line).toMatch(
      /^\{"checkpoint":\{"log":"[^"]+","seq":251,"hash":"[0-9a-f]{64}","count":251,"at":"[^"]+"\},"sig":"[^"]+"\}\n$/,
    );
    expect(newest && signatureOf(newest, publicKey)).toBe('good');
    expect(newest?.checkpoint.hash).toBe((await opened.ledger.head())?.hash);
    time.seconds = 1900;
    expect(await round()).toEqual([]);
    await write(1);
    expect(await round()).toHaveLength(1);
  });

  it('are made by one bot of all, and kept by each in its own file', async () => {
    const bots = ['a', 'b', 'c'].map((name) => bot(join(folder, name)));
    await Promise.all(bots.map(({ round }) => round()));
    await write(100);
    const made = await Promise.all(bots.map(({ round }) => round()));
    expect(made.flat()).toHaveLength(1);
    for (const { round } of bots) await round();
    for (const name of ['a', 'b', 'c']) expect(await seqsIn(name)).toEqual([100]);
    // Two bots with one file have it once.
    const again = bot(join(folder, 'a'));
    await again.round();
    expect(await seqsIn('a')).toEqual([100]);
  });

  it('are no alarm where another bot is at it between two looks', async () => {
    const other = bot(join(folder, 'b'));
    await other.round();
    let first = true;
    const redis = new Proxy(opened.redis, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        const call = value.bind(target);
        if (name !== 'set' || !first) return call;
        first = false;
        return async (...args: unknown[]) => {
          await write(100);
          await other.round();
          return call(...args);
        };
      },
    });
    const options = { redis, keys: opened.keys, auditKeys: AUDIT_KEYS, signingKey: privateKey, alarms };
    const one = createCheckpoints({
      ...options,
      file: join(folder, 'a'),
      clock: { now: () => new Date('2026-03-01') },
    });
    await write(150);
    expect(await one.round()).toEqual([]);
    expect(alarms.untold()).toEqual([]);
    expect(await seqsIn('a')).toEqual([200]);
  });

  it('are read past what a crash cut short, and only what the key signed counts', async () => {
    const file = join(folder, 'a');
    const { round } = bot();
    await round();
    await write(100);
    await round();
    await appendFile(file, '{"checkpoint":{"log":"x","se');
    await write(100);
    await round();
    expect(await readFile(file, 'utf8')).toMatch(/"se\n\{"checkpoint"/);
    expect(await readCheckpointFile(file)).toMatchObject({ lines: [{}, {}], bad: [2] });
    const forged = (await readFile(file, 'utf8')).split('\n')[0]?.replace('"seq":100', '"seq":900') ?? '';
    await appendFile(file, `${forged}\n`);
    const highest = async (of: string, key: KeyObject | null) => {
      const own = await readOwnCheckpoints(of, key);
      return own.ok ? (highestOf(own.value)?.seq ?? null) : own.problem;
    };
    expect(await highest(file, privateKey)).toBe(200);
    expect(await highest(file, null)).toBe(900);
    expect(await highest(join(folder, 'none'), null)).toBeNull();
    // Another key than the one that signed: nothing is known, and that is not nothing to know.
    expect(await highest(file, generateKeyPairSync('ed25519').privateKey)).toContain('begin a new file');
    await writeFile(join(folder, 'policy'), 'version: 1\n');
    expect(await highest(join(folder, 'policy'), null)).toContain('holds no checkpoint');
  });
});

describe('checkpoints after an accepted loss', () => {
  const accept = (seq: number) =>
    acceptLoss(opened.redis, opened.keys, {
      reason: 'x',
      by: 'x',
      seen: { seq, hash: 'ab'.repeat(32) },
      checkpoints: [],
      auditKeys: [{ kid: 'k1', key: Buffer.alloc(32, 7) }],
      now: new Date(),
      newLogId: () => 'new',
    });
  const checkpoints = async () =>
    (await readCheckpointFile(join(folder, 'a'))).lines.map(({ checkpoint: { seq, count } }) => [seq, count]);

  it('count the records there were by then, each loss from its own place on', async () => {
    const { round } = bot();
    await round();
    await write(110);
    await accept(250);
    await opened.ledger.recheck();
    await write(9);
    await accept(399);
    await opened.ledger.recheck();
    await write(5);
    await round();
    // 251 is the first behind the first gap, 400 the record of the second loss.
    expect(await checkpoints()).toEqual([
      [100, 100],
      [251, 111],
      [400, 121],
    ]);
  });

  it('do not walk through what it left empty', async () => {
    const { round } = bot();
    await round();
    await accept(900_000);
    let reads = 0;
    const counted = new Proxy(opened.redis, {
      get(redis, name) {
        const value = Reflect.get(redis, name);
        if (name === 'xrangeBuffer') reads += 1;
        return typeof value === 'function' ? value.bind(redis) : value;
      },
    });
    const { redis: _, ...rest } = { ...opened };
    const rounds = createCheckpoints({
      ...rest,
      redis: counted,
      auditKeys: AUDIT_KEYS,
      signingKey: null,
      file: join(folder, 'a'),
      alarms,
      clock: { now: () => new Date() },
    });
    expect(await rounds.round()).toHaveLength(1);
    expect(await checkpoints()).toEqual([[900_001, 1]]);
    expect(await rounds.round()).toEqual([]);
    expect(reads).toBeLessThan(10);
  });
});

describe('a checkpoint that lies in Redis', () => {
  it('gets into the file of a bot only by the key, and where its record is in the log', async () => {
    const { round } = bot();
    await round();
    await write(100);
    await round();
    const [own] = (await readCheckpointFile(join(folder, 'a'))).lines;
    if (!own) throw new Error('no checkpoint');
    const evil = { ...own.checkpoint, log: 'evil' };
    const other = generateKeyPairSync('ed25519').privateKey;
    const bad = [
      writeCheckpointLine(own.checkpoint, null),
      writeCheckpointLine(own.checkpoint, other),
      writeCheckpointLine(evil, privateKey),
      writeCheckpointLine({ ...own.checkpoint, hash: 'ab'.repeat(32) }, privateKey),
      writeCheckpointLine({ ...own.checkpoint, seq: 900 }, privateKey),
      writeCheckpointLine({ ...own.checkpoint, count: 7 }, privateKey),
    ];
    for (const [place, line] of bad.entries()) {
      forgetAlarms();
      const late = bot(join(folder, `b${place}`));
      await opened.redis.hset(opened.keys.checkpoint, 'line', line);
      // It takes nothing of that, says so, and makes its own.
      expect(await late.round()).toEqual([expect.stringContaining('"seq":100,')]);
      expect(alarms.untold()).toEqual([expect.stringContaining('it is not kept')]);
      expect(await seqsIn(`b${place}`)).toEqual([100]);
      expect(await readFile(join(folder, `b${place}`), 'utf8')).not.toContain(line);
    }
    const good = writeCheckpointLine(own.checkpoint, privateKey);
    await opened.redis.hset(opened.keys.checkpoint, 'line', good);
    expect(await bot(join(folder, 'c')).round()).toEqual([]);
    expect(await readFile(join(folder, 'c'), 'utf8')).toBe(good);
  });
});
