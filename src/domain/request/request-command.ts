import type { ExecutionArn } from '../execution/task-execution.ts';
import { knownPolicies, type PolicyInForce } from '../policy/policies-in-force.ts';
import { matchRule, type Person, type Rule } from '../policy/policy.ts';
import type { RequestedRate } from '../rate/rate.ts';

/** What somebody requests, before anything is known of the execution. */
export interface RequestCommand {
  requester: Person;
  channel: string;
  execution: ExecutionArn;
  rate: RequestedRate;
  durationSeconds: number | null;
  /** The time that it ends at, where one was requested; `durationSeconds` is the time until then. */
  endsAt?: string;
  reason: string | null;
  /** The request that it undoes, and the rate which that one set. */
  undoes?: { request: string; set: number };
}

/** What a rule is matched against. */
export function targetOf({ execution, channel }: Pick<RequestCommand, 'execution' | 'channel'>) {
  return { account: execution.account, region: execution.region, task: execution.taskId, channel };
}

/** The rules for a target by each policy that counts, the own one first; null where one has none. */
export function rulesFor(target: ReturnType<typeof targetOf>, inForce: PolicyInForce): (Rule | null)[] {
  return knownPolicies(inForce).map(({ policy }) => matchRule(policy, target));
}

/** What every record of it says. */
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
