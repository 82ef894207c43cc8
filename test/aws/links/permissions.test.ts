import { readFileSync } from 'node:fs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { REGION, ROLE } from '../aws-environment.ts';
import { adapter, aws, givenAws, RUNNING } from '../given-executions.ts';
import { locationArn, queryFor, tasks } from './given-link.ts';

givenAws();

interface Policy {
  Version: string;
  Statement: { Effect: string; Action: string | string[]; Resource: string }[];
}

/** The first block of the page, for the Region of the tests. */
function documented(): Policy {
  const page = readFileSync(new URL('../../../docs/aws-iam.md', import.meta.url), 'utf8');
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  return JSON.parse(json.replaceAll('us-east-1', REGION));
}

function without(action: string): Policy {
  const { Version, Statement } = documented();
  const others = Statement.map((one) => ({ ...one, Action: [one.Action].flat().filter((name) => name !== action) }));
  return { Version, Statement: others.filter(({ Action }) => Action.length > 0) };
}

/** The bot runs with these permissions alone. */
async function permit(policy: Policy): Promise<void> {
  const sts = new STSClient({ region: REGION });
  const input = { RoleArn: ROLE, RoleSessionName: 'bot', Policy: JSON.stringify(policy) };
  const { Credentials: keys } = await sts.send(new AssumeRoleCommand(input));
  sts.destroy();
  vi.stubEnv('AWS_ACCESS_KEY_ID', keys?.AccessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', keys?.SecretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', keys?.SessionToken);
}

let members: string[];
let unfinished: string[];

beforeEach(() => {
  members = tasks(3);
  const [task = ''] = members;
  unfinished = [aws.startExecution(task, RUNNING), aws.startExecution(task, { bytes: 1e12 })];
});

describe('the permissions in docs/aws-iam.md', () => {
  it('are enough to find what runs on a link', async () => {
    await permit(documented());
    const found = await adapter().linkTasks.running(queryFor({ tasks: members, locations: [locationArn(1)] }));
    expect(found.executions.toSorted()).toEqual(unfinished.toSorted());
    expect(found).toMatchObject({ missing: [], denied: [] });
  });

  it.each(['datasync:DescribeTask', 'datasync:DescribeTaskExecution'])('need %s of each task', async (action) => {
    await permit(without(action));
    const { executions, denied } = await adapter().linkTasks.running(queryFor({ tasks: members }));
    expect(executions).toEqual([]);
    expect(denied).toMatchObject([{ task: members[0], fault: { kind: 'denied', operation: action } }]);
  });

  it.each(['datasync:ListTasks', 'datasync:ListTaskExecutions'])('need %s', async (action) => {
    await permit(without(action));
    const look = adapter().linkTasks.running(queryFor({ tasks: members }));
    await expect(look).rejects.toMatchObject({ kind: 'denied', operation: action });
  });
});
