import { afterEach, describe, expect, it } from 'vitest';
import { COMMAND, givenWorld, OPERATOR, POLICY, SLACK_WAITS_MS } from '../world.ts';

const OTHER = '444455556666';
const ROLE = `arn:aws:iam::${OTHER}:role/throttle`;
const RULE = `
  - name: other
    match: { accounts: ["${OTHER}"], channels: [C0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: 1
    role: ${ROLE}
`;
const at = givenWorld({ policy: `${POLICY}${RULE.slice(1)}` });
const UNKNOWN = 'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0/execution/exec-0123456789abcdef0';

afterEach(() => at().aws.recover());

describe('an execution that can not be changed', () => {
  it.each<[what: string, make: () => string, says: RegExp]>([
    ['is unknown', () => UNKNOWN, /AWS could not find this execution/],
    [
      'lies in another Region than its ARN says',
      () => at().execution().replace('us-east-1', 'eu-west-1'),
      /AWS could not find.*Region/,
    ],
    ['has finished', () => ended('SUCCESS'), /has ended \(SUCCESS\)/],
    ['has failed', () => ended('ERROR'), /ended with an error/],
    ['is being cancelled', () => cancelling(), /being cancelled/],
    [
      'may not be looked at',
      () => denied('DescribeTaskExecution'),
      /no permission for `datasync:DescribeTaskExecution` with the role/,
    ],
    [
      'may not be reached by the role',
      () => denied('AssumeRole'),
      /no permission for `sts:AssumeRole` on the role `arn:aws:iam::444455556666:role\/throttle`/,
    ],
    ['meets a service that is throttled', () => faulty('throttle'), /asked too often/],
    ['meets a service with a fault of its own', () => faulty('internal'), /fault of its own/],
    ['meets a load balancer instead of AWS', () => faulty('html503'), /Something other than AWS answered/],
  ])('that %s: said at once, before anybody is asked', async (_, make, says) => {
    const { slack, told, records, sent } = at();
    const arn = make();
    const before = (await records()).length;
    const posted = slack.messages().length;
    const { text, ms } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
    expect(ms).toBeLessThan(SLACK_WAITS_MS);
    expect(text).toMatch(says);
    expect(text).toMatch(/Nothing was asked/);
    expect(sent(arn)).toEqual([]);
    expect(await records()).toHaveLength(before);
    expect(slack.messages()).toHaveLength(posted);
  });

  function ended(status: 'SUCCESS' | 'ERROR'): string {
    const arn = at().execution();
    at().aws.finish(arn, status);
    return arn;
  }

  function cancelling(): string {
    const arn = at().execution({ cancelMs: 60_000 });
    at().aws.cancel(arn);
    return arn;
  }

  function denied(operation: string): string {
    if (operation === 'AssumeRole') at().aws.denyRole(ROLE);
    else at().aws.fail({ kind: 'deny', operation });
    return at().execution(operation === 'AssumeRole' ? { account: OTHER } : {});
  }

  function faulty(kind: 'throttle' | 'internal' | 'html503'): string {
    at().aws.fail({ kind, operation: 'DescribeTaskExecution' });
    return at().execution();
  }
});
