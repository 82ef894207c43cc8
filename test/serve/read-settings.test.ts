import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/config/configuration-error.ts';
import { readSettings } from '../../src/serve/read-settings.ts';

const ENV = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
  REDIS_URL: 'redis://localhost',
  AUDIT_KEYS: `k1:${'0'.repeat(64)}`,
  POLICY_FILE: 'policy.example.yml',
};
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function refused(env: Record<string, string>): Promise<string> {
  const fault = await readSettings({ ...ENV, ...env }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(fault).toBeInstanceOf(ConfigurationError);
  return (fault as Error).message;
}

describe('the settings', () => {
  it('are read', async () => {
    const settings = await readSettings({ ...ENV, AUDIT_CHECKPOINT_FILE: join(folder, 'checkpoints.jsonl') });
    expect(settings).toMatchObject({ config: { logLevel: 'info' }, witness: null });
    expect(settings.policyFile.first.policy.rules).not.toEqual([]);
  });

  it('tell the faults of the environment, the policy file and the checkpoint file at once', async () => {
    const policy = join(folder, 'bad.yml');
    await writeFile(policy, 'version: 2\nrules: none\n');
    const text = await refused({
      AUDIT_KEYS: 'none',
      REDIS_URL: 'http://localhost',
      POLICY_FILE: policy,
      AUDIT_CHECKPOINT_FILE: join(folder, 'nowhere', 'checkpoints.jsonl'),
    });
    for (const said of ['AUDIT_KEYS ', 'REDIS_URL ', `${policy}:1`, `${policy}:2`]) expect(text).toContain(said);
    expect(text).toMatch(/^AUDIT_CHECKPOINT_FILE can't be written and read: .*ENOENT.*\n {2}expected: /m);
  });

  it('name a policy file that is not there, beside the rest', async () => {
    const text = await refused({ POLICY_FILE: join(folder, 'none.yml'), SLACK_BOT_TOKEN: 'xapp-1' });
    expect(text).toMatch(/SLACK_BOT_TOKEN[\s\S]*none\.yml can't be read/);
  });
});
