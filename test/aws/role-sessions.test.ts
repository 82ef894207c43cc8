import { describe, expect, it } from 'vitest';
import type { Access } from '../../src/workflow/ports/executions.ts';
import { ACCOUNT, arnOf, REGION, ROLE } from './aws-environment.ts';
import { adapter, aws, count, givenAws, operations, RUNNING, startNewAws, task } from './given-executions.ts';

givenAws();

describe('under a role', () => {
  const read: Access = { role: ROLE, session: { kind: 'read' } };
  const change = (request: string): Access => ({
    role: ROLE,
    session: { kind: 'change', request, team: 'T0OPS', user: 'U0OPER' },
  });

  it('reads in one shared session, without a source identity', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    const executions = adapter();
    await Promise.all([executions.describe(arn, read), executions.describe(arn, read)]);
    await executions.listActive([{ region: REGION, role: ROLE }]);
    expect(count('AssumeRole')).toBe(1);
    const sessions = new Set(aws.calls.slice(1).map(({ identity }) => JSON.stringify(identity?.session)));
    expect([...sessions]).toEqual([
      JSON.stringify({ role: ROLE, name: 'datasync-throttle-read', sourceIdentity: null }),
    ]);
    expect(aws.calls[0]).toMatchObject({ operation: 'AssumeRole', region: REGION });
  });

  it('renews the read session 5 minutes before its end, and signs with the new one then', async () => {
    let at = Date.now();
    const now = () => new Date(at);
    await aws.stop();
    await startNewAws({ now });
    const running = aws.startExecution(task, RUNNING);
    const executions = adapter({}, { now });
    const look = () => executions.describe(arnOf(running), read);
    await look();
    at += 54 * 60_000;
    await look();
    expect(count('AssumeRole')).toBe(1);
    at += 2 * 60_000;
    await look();
    expect(count('AssumeRole')).toBe(2);
    at += 10 * 60_000;
    await look();
    expect(count('AssumeRole')).toBe(2);
    const looks = aws.calls.filter(({ operation }) => operation === 'DescribeTaskExecution');
    const [first, second, third, fourth] = looks.map(({ identity }) => identity?.accessKey);
    expect([second, fourth]).toEqual([first, third]);
    expect(third).not.toBe(first);
  });

  it('changes in a session of the request, in the name of who asked, for this execution alone', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    const executions = adapter();
    await executions.update(arn, 7, change('r-aaaaaaaaaa'));
    await executions.update(arn, 8, change('r-bbbbbbbbbb'));
    expect(operations()).toEqual(['AssumeRole', 'UpdateTaskExecution', 'AssumeRole', 'UpdateTaskExecution']);
    const updates = aws.calls.filter(({ operation }) => operation === 'UpdateTaskExecution');
    expect(updates.map(({ identity }) => identity?.session)).toEqual([
      { role: ROLE, name: 'r-aaaaaaaaaa', sourceIdentity: 'slack-T0OPS-U0OPER' },
      { role: ROLE, name: 'r-bbbbbbbbbb', sourceIdentity: 'slack-T0OPS-U0OPER' },
    ]);
    expect(new Set(updates.map(({ identity }) => identity?.accessKey)).size).toBe(2);
    const { input } = aws.calls[0] ?? {};
    expect(input).toMatchObject({ DurationSeconds: '900' });
    expect(JSON.parse(String(input?.Policy)).Statement[0].Resource).toBe(arn.arn);
  });

  it('may read back in the session of the change', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    const seen = await adapter().describe(arn, change('r-aaaaaaaaaa'));
    expect(seen).toMatchObject({ status: 'TRANSFERRING', taskName: 'nightly archive' });
  });

  it.each([
    ['deny', 'denied'],
    ['throttle', 'throttled'],
    ['internal', 'internal'],
    ['hang', 'no-answer'],
  ] as const)('tells %s of AssumeRole from what DataSync says, and has sent no update', async (kind, fault) => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    aws.fail({ kind, operation: 'AssumeRole' });
    const executions = adapter(kind === 'hang' ? { attempt: 100, credentials: 250 } : {});
    const about = { kind: fault, operation: 'sts:AssumeRole', role: ROLE };
    await expect(executions.update(arn, 7, change('r-aaaaaaaaaa'))).rejects.toMatchObject(about);
    await expect(executions.describe(arn, read)).rejects.toMatchObject(about);
    expect(count('UpdateTaskExecution')).toBe(0);
    aws.recover();
    await executions.describe(arn, read);
  });

  it('says that the role does not trust the bot, and that a role is of another account', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    aws.denyRole(ROLE);
    await expect(adapter().describe(arn, read)).rejects.toMatchObject({ kind: 'denied', operation: 'sts:AssumeRole' });
    const foreign: Access = { role: ROLE.replace(ACCOUNT, '999999999999'), session: { kind: 'read' } };
    await expect(adapter().describe(arn, foreign)).rejects.toMatchObject({
      kind: 'denied',
      operation: 'datasync:DescribeTaskExecution',
    });
  });
});
