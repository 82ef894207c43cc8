import { expect, it } from 'vitest';
import { policyOnRecord } from '../../../../src/audit/log/policy-on-record.ts';
import { createLogger } from '../../../../src/logging/logger.ts';
import { readPolicyText } from '../../../../src/policy-file/read-policy-text.ts';
import { watchPolicy } from '../../../../src/policy-file/watch-policy.ts';
import { createPolicies } from '../../../../src/store/ledger/policies.ts';
import { createLinkLimitsOf } from '../../../../src/workflow/links/link-limits-of.ts';
import { createLinkMembership } from '../../../../src/workflow/links/link-membership.ts';
import { withLinks } from '../../../../src/workflow/links/with-links.ts';
import { AUDIT_KEYS } from '../../../store/given-ledger.ts';
import { givenBot } from '../../given-bot.ts';
import { FREE } from '../../given-grants.ts';

const given = givenBot(FREE);

function read(text: string) {
  const found = readPolicyText(text);
  if (!found.ok) throw new Error(JSON.stringify(found));
  return found.value;
}

it('a policy that somebody writes to Redis, of which no record tells, changes no limit because of a link', async () => {
  const { redis, keys, ledger, clock, deps, timers } = given.bot;
  const task = given.arn.split('/execution/')[0] ?? '';
  const rules = 'version: 1\nrules:\n  - { name: one, approvals: 0 }\n';
  const ofLink = (tasks: string, mib: number) =>
    `${rules}links:\n  - { name: dc1-wan, capacity: ${mib}MiB/s, share: each, tasks: ["${tasks}"] }\n`;
  const first = read(ofLink(`${task.slice(0, -1)}0`, 900));
  const policy = watchPolicy({
    ledger,
    file: { first, read: async () => ({ ok: true, value: first }) },
    policies: createPolicies(redis, keys, 'a', policyOnRecord(redis, keys, AUDIT_KEYS)),
    clock,
    log: createLogger({ level: 'silent' }),
  });
  await policy.announced;
  const tasks = { tasksAt: async () => new Set<string>(), knownTasksAt: () => null };
  const limitsOf = createLinkLimitsOf({ policy, membership: createLinkMembership(tasks), clock });
  Object.assign(deps, { policy, ledger: withLinks(ledger, limitsOf) });

  const forged = read(ofLink(task, 1));
  await redis.set(keys.policyText(forged.digest), forged.text);
  await redis.hset(keys.replicas, 'forged', JSON.stringify({ digest: forged.digest, at: Date.now() }));
  await timers.ensure([{ effect: { kind: 'member', execution: given.arn }, at: clock.now() }]);
  await given.bot.work();
  await policy.stop();
  expect(given.sent()).toEqual([]);
  expect(given.limit()).toBe(100);
});
