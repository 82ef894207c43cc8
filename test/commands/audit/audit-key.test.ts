import { describe, expect, it } from 'vitest';
import { printAuditKey } from '../../../src/commands/audit/audit-key.ts';
import { run } from '../../audit/log/log-fixture.ts';
import { env, givenCheckpointedLog, signing } from './given-checkpointed-log.ts';

givenCheckpointedLog();

describe('audit key', () => {
  it('prints the public half', async () => {
    const { out } = await run(env, async (terminal) => printAuditKey(terminal));
    expect(out).toBe(signing.publicKey.export({ format: 'pem', type: 'spki' }));
    await expect(run({}, async (terminal) => printAuditKey(terminal))).rejects.toThrow('AUDIT_SIGNING_KEY is not set');
  });
});
