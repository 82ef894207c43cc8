import { randomUUID } from 'node:crypto';
import { plainEvent } from './domain/audit-record.ts';
import type { Policies } from './ledger/policies.ts';
import type { Log } from './log.ts';
import type { PolicyFile } from './policy-source.ts';
import type { Ledger } from './workflow/ports.ts';

const BEAT_MS = 10_000;

/** Keeps the policy's text, records that it was loaded, and looks whether other bots run another. */
export function watchPolicy({
  ledger,
  policy,
  policies,
  log,
}: {
  ledger: Ledger;
  policy: PolicyFile;
  policies: Policies;
  log: Log;
}) {
  let others: string[] = [];
  let recorded = '';

  async function beat(): Promise<void> {
    const { digest, text } = policy.current();
    if (recorded !== digest) {
      if (await policies.keep(digest, text)) {
        const committed = await ledger.commit({
          op: `policy:${digest}:${randomUUID()}`,
          prior: null,
          events: [plainEvent('policy.loaded', { policy: digest })],
        });
        if (committed.kind === 'committed') await policies.setCurrent(digest, committed.records[0]?.seq ?? 0);
      }
      recorded = digest;
    }
    const found = await policies.beat(digest);
    if (found.length > 0 && found.join() !== others.join()) {
      log.warn({ policy: digest, others: found }, 'other bots on this Redis run another policy');
    }
    others = found;
  }

  const tryBeat = () =>
    beat().catch((err: unknown) => log.warn({ err }, 'the policy in force could not be noted in Redis'));
  void tryBeat();
  const timer = setInterval(tryBeat, BEAT_MS);
  return {
    others: () => others,
    async reload(): Promise<void> {
      const read = await policy.reload();
      if (read.ok) log.info({ policy: read.value.digest }, 'policy loaded');
      else log.error({ faults: read.problem }, 'the new policy is refused, the old one stays');
      await tryBeat();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await policies.leave().catch((err: unknown) => log.info({ err }, 'left without saying so'));
    },
  };
}
