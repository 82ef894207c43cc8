import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCheckpoints } from '../../../src/audit/continuity/audit-checkpoints.ts';
import { createAuditAlarms } from '../../../src/audit/log/audit-alarms.ts';
import { createAuditReader } from '../../../src/audit/log/audit-reader.ts';
import { verdictMessage } from '../../../src/slack/views/audit/audit-verdicts.ts';
import { AUDIT_KEYS, type OpenedLedger, openLedger, policyLoaded } from '../../store/given-ledger.ts';

let opened: OpenedLedger;
let folder: string;
const clock = { now: () => new Date('2026-03-01T00:00:00Z') };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-book-'));
  opened = await openLedger({ clock });
  for (let seq = 1; seq <= 5; seq++) await opened.ledger.commit(policyLoaded(`p:${seq}`));
});
afterAll(async () => {
  opened.close();
  await rm(folder, { recursive: true });
});

function bookWith(checkpointFile: string | null) {
  const { redis, keys, ledger } = opened;
  const auditKeys = [{ kid: 'k1', key: Buffer.alloc(32, 7) }];
  return createAuditReader({
    redis,
    keys,
    ledger,
    clock,
    auditKeys,
    signingKey: null,
    checkpointFile,
    alarms: createAuditAlarms(),
  });
}

async function verified(file: string) {
  const found = await bookWith(file).verify();
  return { ...found.completeness, text: verdictMessage(found, null).text };
}

describe('what Slack is told of the log', () => {
  it('is not that the end is there, where the checkpoints can not be had', async () => {
    const bad = join(folder, 'bad');
    await writeFile(bad, 'garbage\n'.repeat(7));
    for (const [file, why] of [
      [join(folder, 'none'), 'AUDIT_CHECKPOINT_FILE is not there, so it bears no witness of the end'],
      [folder, "AUDIT_CHECKPOINT_FILE can't be read (EISDIR), so it bears no witness of the end"],
      [
        bad,
        'AUDIT_CHECKPOINT_FILE has lines that are no checkpoint: 1, 2, 3, 4, 5 …, so it bears no witness of the end',
      ],
    ] as const) {
      const found = await verified(file);
      expect(found).toMatchObject({ verdict: 'unknown', why: `${why}; 1 … 5, as the head in Redis says` });
      expect(found.text).toBe('No fault was found in the audit log, as far as it could be checked.');
    }
  });

  it('names the lines that are no checkpoint, beside those that are', async () => {
    const file = join(folder, 'some');
    await opened.redis.hset(opened.keys.checkpoint, { seq: 0, at: 0 });
    const { redis, keys } = opened;
    const checkpoints = {
      redis,
      keys,
      clock,
      signingKey: null,
      file,
      auditKeys: AUDIT_KEYS,
      alarms: createAuditAlarms(),
    };
    await createCheckpoints(checkpoints).round();
    expect((await verified(file)).why).toBe(
      '1 … 5, as the head in Redis says; 1 of 1 checkpoint borne out, some not signed',
    );
    await appendFile(file, '{"checkpoint":\n');
    expect(await verified(file)).toMatchObject({
      verdict: 'ok',
      why: expect.stringMatching(/some not signed; AUDIT_CHECKPOINT_FILE has lines that are no checkpoint: 2$/),
      text: 'No fault was found in the audit log.',
    });
  });
});

describe('reading the whole log', () => {
  it('is done once for all who have it checked at the same time', async () => {
    const book = bookWith(null);
    const found = await Promise.all(Array.from({ length: 20 }, () => book.verify()));
    expect(new Set(found).size).toBe(1);
    expect(await book.verify()).not.toBe(found[0]);
  });

  it('is exported to three files at most that are not removed yet', async () => {
    const book = bookWith(null);
    const take = () => book.export(null, { team: 'T0', user: 'U0AUDIT', name: 'ada' }, null);
    const files = [await take(), await take(), await take()];
    expect(files.every((file) => file !== null)).toBe(true);
    expect(await take()).toBeNull();
    await files[0]?.remove();
    const next = await take();
    expect(next).not.toBeNull();
    await Promise.all([...files.slice(1), next].map((file) => file?.remove()));
  });
});
