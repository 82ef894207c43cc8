import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCheckpoints } from '../../src/ledger/audit-checkpoints.ts';
import { readCheckpointFile, signatureOf } from '../../src/ledger/checkpoint-format.ts';
import { highestOf, readOwnCheckpoints } from '../../src/ledger/own-checkpoints.ts';
import { type OpenedLedger, openLedger, policyLoaded } from './given-ledger.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
let opened: OpenedLedger;
let folder: string;
let seconds: number;
let written: number;

beforeEach(async () => {
  opened = await openLedger();
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-checkpoints-'));
  seconds = 0;
  written = 0;
});
afterEach(async () => {
  opened.close();
  await rm(folder, { recursive: true });
});

async function write(count: number): Promise<void> {
  for (let number = 0; number < count; number++) await opened.ledger.commit(policyLoaded(`p:${written++}`));
}
const bot = (file: string | null = join(folder, 'a')) =>
  createCheckpoints({
    ...{ redis: opened.redis, keys: opened.keys, signingKey: privateKey, file },
    clock: { now: () => new Date(Date.parse('2026-03-01T00:00:00Z') + seconds * 1000) },
  });
const seqsIn = async (file: string) =>
  (await readCheckpointFile(join(folder, file))).lines.map(({ checkpoint }) => checkpoint.seq);

describe('checkpoints', () => {
  it('are made at every hundredth record, and after ten minutes if anything is new', async () => {
    const { round } = bot();
    expect(await round()).toEqual([]);
    await write(99);
    expect(await round()).toEqual([]);
    await write(152);
    expect(await round()).toHaveLength(2);
    expect(await seqsIn('a')).toEqual([100, 200]);
    seconds = 599;
    expect(await round()).toEqual([]);
    seconds = 601;
    const [line = ''] = await round();
    const [, , newest] = (await readCheckpointFile(join(folder, 'a'))).lines;
    expect(line).toMatch(
      /^\{"checkpoint":\{"log":"[^"]+","seq":251,"hash":"[0-9a-f]{64}","count":251,"at":"[^"]+"\},"sig":"[^"]+"\}\n$/,
    );
    expect(newest && signatureOf(newest, publicKey)).toBe('good');
    expect(newest?.checkpoint.hash).toBe((await opened.ledger.head())?.hash);
    seconds = 1900;
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
