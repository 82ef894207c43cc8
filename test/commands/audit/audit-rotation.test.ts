import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { archiveAudit } from '../../../src/commands/audit/archive-audit.ts';
import { exportAudit } from '../../../src/commands/audit/export-audit.ts';
import { verifyAudit } from '../../../src/commands/audit/verify-audit.ts';
import { run, START, writeLog } from '../../audit/log/log-fixture.ts';

const SIGNERS = ['k1', 'k2', 'k3', 'k4'].map((kid, place) => ({ kid, key: `${place}a`.repeat(32) }));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-rotation-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a log whose key was rotated three times', () => {
  it('is one log: exported, archived, and both together verified offline', async () => {
    const { env, close } = await writeLog(inject('redisUrl'), 40, SIGNERS);
    const [whole, old, rest] = ['whole.jsonl', 'old.jsonl', 'rest.jsonl'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const until = new Date(START + 25.5 * 60_000).toISOString();
    expect(await run(env, (terminal) => exportAudit({ format: 'jsonl', out: whole }, terminal))).toMatchObject({
      code: 0,
    });
    expect(await run(env, (terminal) => archiveAudit({ until, out: old }, terminal))).toMatchObject({ code: 0 });
    expect(await run(env, (terminal) => exportAudit({ format: 'jsonl', out: rest }, terminal))).toMatchObject({
      code: 0,
    });

    const { REDIS_URL: _, ...offline } = env;
    const verified = (...file: string[]) => run(offline, (terminal) => verifyAudit({ file }, terminal));
    const spans = 'k1: 1 … 10, k2: 11 … 20, k3: 21 … 30, k4: 31 … ';
    for (const files of [[whole], [old, rest], [rest, old]]) {
      const { code, out } = await verified(...files);
      expect(out).toContain(spans);
      expect(code).toBe(0);
    }
    expect((await run(env, (terminal) => verifyAudit({ archive: old }, terminal))).code).toBe(0);

    // Without one of the keys what it wrote is not known, and that is said with its place.
    const three = env.AUDIT_KEYS.split(',').filter((one) => !one.startsWith('k2:'));
    const missing = await run({ ...offline, AUDIT_KEYS: three.join(',') }, (terminal) =>
      verifyAudit({ file: [old, rest] }, terminal),
    );
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.out).toContain('first bad seq: 11\n');
    close();
  });
});
