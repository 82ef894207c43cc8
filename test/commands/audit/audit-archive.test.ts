import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archiveAudit } from '../../../src/commands/audit/archive-audit.ts';
import { exportAudit } from '../../../src/commands/audit/export-audit.ts';
import type { AuditEvent } from '../../../src/domain/audit/audit-event.ts';
import type { Change } from '../../../src/workflow/ports/commit.ts';
import { run } from '../../audit/log/log-fixture.ts';
import { asked, asking } from '../../store/given-ledger.ts';
import {
  env,
  folder,
  givenCheckpointedLog,
  lastRecord,
  opened,
  reopen,
  verify,
  write,
} from './given-checkpointed-log.ts';

givenCheckpointedLog();

/** A refusal that says of itself what the request would have said. */
function refusedLike({ events: [asked] }: Change): AuditEvent {
  if (!asked) throw new Error('nothing asked');
  return { ...asked, event: 'refused', detail: { why: 'no-rule' } };
}

describe('audit archive', () => {
  const archive = (out: string, until: string) => run(env, (terminal) => archiveAudit({ until, out }, terminal));

  it('moves a prefix to a file; both together are one log, and what is left stands on its own', async () => {
    let minute = 0;
    await reopen({ now: () => new Date(Date.parse('2026-03-01T00:00:00Z') + minute * 60_000) });
    for (minute = 1; minute <= 12; minute++) {
      await opened.ledger.commit({
        op: `p:${minute}`,
        prior: null,
        events: [refusedLike(asking(1))],
      });
    }
    const [one, two, rest] = ['one', 'two', 'rest'].map((name) => join(folder, name)) as [string, string, string];
    expect((await archive(one, '2026-03-01T00:05:00Z')).said).toContain('4 records, 1 to 4');
    expect(await opened.redis.xrange(opened.keys.audit, '-', '4-0')).toEqual([]);
    expect(await opened.redis.zrange(opened.keys.indexRequest('r-0000000001'), '0', '0')).toEqual(['5']);
    expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('5 … 13') });
    expect((await archive(two, '2026-03-01T00:09:00Z')).said).toContain('4 records, 5 to 8');
    expect(await verify({ archive: [two, one] })).toMatchObject({
      code: 0,
      out: expect.stringContaining('14 records'),
    });
    expect((await verify({ archive: two })).out).toContain('5 … 14');
    await run(env, (terminal) => exportAudit({ format: 'jsonl', out: rest }, terminal));
    expect(await verify({ file: [rest, one, two] })).toMatchObject({ code: 0, out: expect.stringContaining('1 … 14') });
    expect((await verify({ file: [rest, one] })).code).toBe(1);
    expect((await readFile(env.AUDIT_CHECKPOINT_FILE ?? '', 'utf8')).trimEnd().split('\n')).toHaveLength(2);
    expect(await verify({ archive: [one, two], checkpoints: env.AUDIT_CHECKPOINT_FILE ?? '' })).toMatchObject({
      code: 0,
    });
    // Where no record says what was archived, the deleted beginning is missing.
    await opened.redis.xtrim(opened.keys.audit, 'MINID', '11-0');
    await opened.redis.hset(opened.keys.archivedUpTo, 'seq', '10', 'hash', (await lastRecord()).prev);
    expect((await verify()).code).toBe(1);
    await asked(opened.ledger, 55);
  });

  it('leaves the last record, and those of open requests', async () => {
    await opened.ledger.commit({
      op: 'p',
      prior: null,
      events: [refusedLike(asking(1))],
    });
    await write(2, 3);
    const { said } = await archive(join(folder, 'a'), '2029-01-01').catch((fault: Error) => ({ said: fault.message }));
    expect(said).toContain('1 records, 1 to 1');
    expect(said).toContain('open request');
    expect((await verify()).code).toBe(0);
  });
});
