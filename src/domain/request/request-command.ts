import type { ExecutionArn } from '../execution/task-execution.ts';
import { knownPolicies, type PolicyInForce } from '../policy/policies-in-force.ts';
import { matchRule, type Person, type Rule } from '../policy/policy.ts';
import type { RequestedRate } from '../rate/rate.ts';

/** What somebody requests, before anything about the execution is known. */
export interface RequestCommand {
  requester: Person;
  channel: string;
  execution: ExecutionArn;
  rate: RequestedRate;
  durationSeconds: number | null;
  /** The end, if a time was requested; then `durationSeconds` is the time until it. */
  endsAt?: string;
  reason: string | null;
  /** The request that it undoes. */
  undoes?: { request: string };
}

/** The facts that a rule is matched against. */
export function targetOf({ execution, channel }: Pick<RequestCommand, 'execution' | 'channel'>) {
  return { account: execution.account, region: execution.region, task: execution.taskId, channel };
}

/** The matching rule of each applicable policy, the bot's own first; null if a policy has none. */
export function rulesFor(target: ReturnType<typeof targetOf>, inForce: PolicyInForce): (Rule | null)[] {
  return knownPolicies(inForce).map(({ policy }) => matchRule(policy, target));
}

/** The fields that all its records have. */
export function about(command: RequestCommand) {
  const { requester, execution } = command;
  return {
    actor: { team: requester.team, user: requester.user, name: requester.name },
    channel: command.channel,
    execution: execution.arn,
    account: execution.account,
    region: execution.region,
    reason: command.reason,
  };
}
