import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archiveAudit } from '../../../src/commands/audit/archive-audit.ts';
import { exportAudit } from '../../../src/commands/audit/export-audit.ts';
import { readSettings } from '../../../src/serve/read-settings.ts';
import { LedgerLost } from '../../../src/workflow/faults.ts';
import { newSigningKey, run } from '../../audit/log/log-fixture.ts';
import { asked, asking, openLedger, restore, snapshot } from '../../store/given-ledger.ts';
import {
  accept,
  checkpoint,
  env,
  folder,
  givenCheckpointedLog,
  lastRecord,
  opened,
  SLACK,
  write,
} from './given-checkpointed-log.ts';

givenCheckpointedLog();

describe('a process that begins with a checkpoint', () => {
  it('writes nothing on an emptied or older log', async () => {
    await write(1, 3);
    const checkpoint = opened.ledger.position();
    await restore(opened, new Map());
    const late = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '', checkpoint });
    await expect(late.ledger.commit(asking(9))).rejects.toThrow(LedgerLost);
    expect([...(await snapshot(opened)).keys()]).toEqual([opened.keys.missingPositions]);
    expect(late.ledger.lost()?.message).toContain(`--seen 3:${checkpoint?.hash}`);
    late.close();
  });

  it('goes on where the log has it', async () => {
    await write(1, 3);
    const checkpoint = opened.ledger.position();
    await write(4, 5);
    const late = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '', checkpoint });
    await asked(late.ledger, 6);
    late.close();
  });
});

describe('a command on a log that is lost', () => {
  const sights = {
    'a bot found it': async () => {
      const other = await openLedger({ prefix: env.REDIS_KEY_PREFIX ?? '' });
      await other.ledger.recheck();
      return { other, env: { ...env, AUDIT_CHECKPOINT_FILE: undefined } };
    },
    'the checkpoint file tells': async () => {
      await checkpoint();
      return { other: null, env };
    },
  };

  it.each(Object.keys(sights) as (keyof typeof sights)[])(
    '%s: it writes nothing, and archives nothing',
    async (how) => {
      await write(1, 3);
      const backup = await snapshot(opened);
      await write(4, 5);
      const { other, env: own } = await sights[how]();
      await restore(opened, backup);
      await other?.ledger.recheck().catch(() => {});
      const out = join(folder, 'export');
      const { said } = await run(own, (terminal) => exportAudit({ format: 'jsonl', out }, terminal));
      expect(said).toMatch(/note: record 5 .*--seen 5:[0-9a-f]{64}.*\n.*not recorded\n3 records, 1 to 3/);
      const archive = { until: '2029-01-01', out: join(folder, 'archive') };
      await expect(run(own, (terminal) => archiveAudit(archive, terminal))).rejects.toThrow(
        'nothing is archived: record 5',
      );
      expect(await opened.redis.xlen(opened.keys.audit)).toBe(3);

      await accept(undefined, own);
      const { said: after } = await run(own, (terminal) => exportAudit({ format: 'csv' }, terminal));
      expect(after).toBe('4 records, 1 to 6');
      expect(await lastRecord()).toMatchObject({ seq: 7, event: 'audit.exported' });
      other?.close();
    },
  );

  it('does nothing by a checkpoint file of which it can believe nothing', async () => {
    await write(1, 2);
    await checkpoint();
    const first = { AUDIT_SIGNING_KEY: newSigningKey().base64 };
    for (const work of [
      () => accept(undefined, first),
      () =>
        run({ ...env, ...first }, (terminal) =>
          archiveAudit({ until: '2029-01-01', out: join(folder, 'a') }, terminal),
        ),
      () => readSettings({ ...env, ...first, ...SLACK }),
    ]) {
      await expect(work()).rejects.toThrow('none is signed by AUDIT_SIGNING_KEY');
    }
    await expect(readSettings({ ...env, ...SLACK })).resolves.toMatchObject({ witness: { seq: 2 } });
    const begun = { AUDIT_CHECKPOINT_FILE: join(folder, 'new'), ...first };
    await expect(readSettings({ ...env, ...begun, ...SLACK })).resolves.toMatchObject({ witness: null });
  });
});
