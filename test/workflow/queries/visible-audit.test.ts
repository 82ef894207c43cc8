import { describe, expect, it } from 'vitest';
import type { AuditIndex } from '../../../src/workflow/ports/audit/audit-line.ts';
import { visibleAudit } from '../../../src/workflow/queries/visible-audit.ts';
import { policy } from '../../domain/given.ts';
import { givenBot } from '../given-bot.ts';
import { sourceOf } from '../outside.ts';

const given = givenBot();

/** What somebody sees where the auditors alone read all of it. */
async function seenBy(user: string, by: AuditIndex): Promise<string[]> {
  const made = policy(given.world.rule);
  const current = () => ({
    ...made,
    policy: { ...made.policy, audit: { readers: { users: ['U0AUDIT'], groups: [] } } },
  });
  const lines = await visibleAudit({ ...given.bot.deps, policy: sourceOf(current) }, { user, by, limit: 10 });
  return lines.map(({ record }) => record?.event ?? 'not to be trusted');
}

describe('the records that somebody who is no reader sees', () => {
  it('are those of their requests, however much others did there since', async () => {
    const asked = await given.bot.ask();
    if (asked.kind !== 'asked') throw new Error(asked.kind);
    for (let tries = 0; tries < 12; tries++) {
      await given.bot.review(asked.request.id, 'U0NOBODY');
      // Within a minute the same again is not recorded.
      given.world.seconds += 60;
    }
    const tried = Array.from({ length: 10 }, () => 'decision.refused');
    for (const by of [{ kind: 'all' }, { kind: 'execution', arn: given.arn }] as const) {
      expect(await seenBy('U0OPER', by)).toEqual(tried);
      // Who only tried to decide has no part in it.
      expect(await seenBy('U0NOBODY', by)).toEqual([]);
      expect(await seenBy('U0LEAD', by)).toEqual([]);
    }
  });
});
