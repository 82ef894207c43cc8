import {
  DataSyncClient,
  DescribeTaskCommand,
  DescribeTaskExecutionCommand,
  ListTaskExecutionsCommand,
  ListTasksCommand,
  paginateListTaskExecutions,
  UpdateTaskExecutionCommand,
} from '@aws-sdk/client-datasync';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalDataSync, startDataSync } from '../../datasync/start-data-sync.ts';

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/throttle`;
const KEYS = { accessKeyId: 'AKIAOWN', secretAccessKey: 'secret' };
const RUNNING = { bytes: 1e12, status: 'TRANSFERRING' };

let sync: LocalDataSync;
let task: string;
const clients: { destroy(): void }[] = [];

beforeEach(async () => {
  sync = await startDataSync();
  task = sync.addTask({ name: 'nightly', account: ACCOUNT, region: 'us-east-1', mode: 'ENHANCED' });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await sync.stop();
});

function client(region = 'us-east-1', credentials: { accessKeyId: string; secretAccessKey: string } = KEYS) {
  const made = new DataSyncClient({ region, credentials, endpoint: sync.url, maxAttempts: 1 });
  clients.push(made);
  return made;
}

function sts() {
  const made = new STSClient({ region: 'us-east-1', credentials: KEYS, endpoint: sync.stsUrl, maxAttempts: 1 });
  clients.push(made);
  return made;
}

async function sessionKeys(input: { Policy?: string; RoleArn?: string; SourceIdentity?: string }) {
  const command = new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'a-session', ...input });
  const { Credentials } = await sts().send(command);
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

const update = (arn: string, bytesPerSecond: number) =>
  new UpdateTaskExecutionCommand({ TaskExecutionArn: arn, Options: { BytesPerSecond: bytesPerSecond } });
const refused = (name: string) => ({ name, $metadata: { httpStatusCode: 400 } });

describe('the local DataSync', () => {
  it('describes and updates an execution, and an update answers nothing', async () => {
    const arn = sync.startExecution(task, { ...RUNNING, bytesPerSecond: 1e6, transferred: 5e8 });
    const before = await client().send(new DescribeTaskExecutionCommand({ TaskExecutionArn: arn }));
    expect(before).toMatchObject({ Status: 'TRANSFERRING', TaskMode: 'ENHANCED', EstimatedBytesToTransfer: 1e12 });
    expect(before.BytesTransferred).toBeGreaterThanOrEqual(5e8);
    expect(before.StartTime).toBeInstanceOf(Date);
    const { $metadata, ...answer } = await client().send(update(arn, 52_428_800));
    expect(answer).toEqual({});
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const after = await client().send(new DescribeTaskExecutionCommand({ TaskExecutionArn: arn }));
    expect(after.Options?.BytesPerSecond).toBe(52_428_800);
    expect(sync.calls.map(({ operation, outcome }) => [operation, outcome])).toEqual([
      ['DescribeTaskExecution', 'ok'],
      ['UpdateTaskExecution', 'ok'],
      ['DescribeTaskExecution', 'ok'],
    ]);
  });

  it.each(['SUCCESS', 'ERROR', 'CANCELLING', 'REHEARSING'])('refuses to update one that is %s', async (status) => {
    const arn = sync.startExecution(task, { bytes: 1, status });
    await expect(client().send(update(arn, 5))).rejects.toMatchObject(refused('InvalidRequestException'));
  });

  it.each([-2, 1.5, Number.NaN])('refuses a limit of %s', async (limit) => {
    const arn = sync.startExecution(task, RUNNING);
    await expect(client().send(update(arn, limit))).rejects.toMatchObject({ $fault: 'client' });
    expect(sync.execution(arn).bytesPerSecond).toBe(-1);
  });

  it('knows an execution only in its own Region, and only by a well-formed ARN', async () => {
    const arn = sync.startExecution(task, RUNNING);
    const invalid = refused('InvalidRequestException');
    await expect(client('eu-west-1').send(update(arn, 5))).rejects.toMatchObject(invalid);
    await expect(client().send(update(`${arn.slice(0, -1)}x`, 5))).rejects.toMatchObject(invalid);
    await expect(client().send(update(arn.replace(/.{17}$/, '0'.repeat(17)), 5))).rejects.toMatchObject(invalid);
    await expect(client().send(new DescribeTaskCommand({ TaskArn: arn }))).rejects.toMatchObject(invalid);
  });

  it('pages its lists, 100 at most', async () => {
    for (let index = 0; index < 230; index++) sync.startExecution(task, { bytes: 1, status: 'SUCCESS' });
    const pages: number[] = [];
    for await (const page of paginateListTaskExecutions({ client: client() }, { TaskArn: task })) {
      pages.push(page.TaskExecutions?.length ?? 0);
    }
    expect(pages).toEqual([100, 100, 30]);
    const tooMany = new ListTaskExecutionsCommand({ MaxResults: 101 });
    await expect(client().send(tooMany)).rejects.toMatchObject(refused('InvalidRequestException'));
    const { Tasks } = await client().send(new ListTasksCommand({}));
    expect(Tasks).toEqual([{ TaskArn: task, Name: 'nightly', Status: 'AVAILABLE', TaskMode: 'ENHANCED' }]);
    expect((await client('eu-west-1').send(new ListTasksCommand({}))).Tasks).toEqual([]);
  });

  it('tells which session made a call, and keeps it to its account and its policy', async () => {
    const arn = sync.startExecution(task, RUNNING);
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['datasync:Update*'], Resource: [arn] }],
    });
    const keys = await sessionKeys({ Policy, SourceIdentity: 'slack-T1-U1' });
    await client('us-east-1', keys).send(update(arn, 7));
    expect(sync.calls.at(-1)).toMatchObject({
      operation: 'UpdateTaskExecution',
      region: 'us-east-1',
      input: { TaskExecutionArn: arn, Options: { BytesPerSecond: 7 } },
      identity: {
        accessKey: keys.accessKeyId,
        session: { role: ROLE, name: 'a-session', sourceIdentity: 'slack-T1-U1' },
      },
    });
    const denied = refused('AccessDeniedException');
    const look = new DescribeTaskExecutionCommand({ TaskExecutionArn: arn });
    await expect(client('us-east-1', keys).send(look)).rejects.toMatchObject(denied);
    const stranger = await sessionKeys({ RoleArn: 'arn:aws:iam::999999999999:role/other' });
    await expect(client('us-east-1', stranger).send(look)).rejects.toMatchObject({
      ...denied,
      message: `User: arn:aws:sts::999999999999:assumed-role/other/a-session is not authorized to perform: datasync:DescribeTaskExecution on resource: ${arn}`,
    });
    const forged = { ...keys, sessionToken: 'forged' };
    await expect(client('us-east-1', forged).send(look)).rejects.toMatchObject(refused('UnrecognizedClientException'));
  });

  it('answers as STS does, refusals too', async () => {
    expect(await sts().send(new GetCallerIdentityCommand({}))).toMatchObject({ UserId: 'AKIAOWN' });
    await expect(sessionKeys({ SourceIdentity: 'no spaces' })).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(sessionKeys({ Policy: '{' })).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' });
    sync.denyRole(ROLE);
    await expect(sessionKeys({})).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    sync.recover();
    expect((await sessionKeys({})).accessKeyId).toMatch(/^ASIA/);
  });

  it('has a fault hit as often as asked, where asked', async () => {
    const arn = sync.startExecution(task, RUNNING);
    const look = new DescribeTaskExecutionCommand({ TaskExecutionArn: arn });
    sync.fail({ kind: 'throttle', operation: 'DescribeTaskExecution', region: 'us-east-1', times: 1 });
    await client().send(update(arn, 5));
    await expect(client().send(look)).rejects.toMatchObject(refused('ThrottlingException'));
    await client().send(look);
    sync.fail({ kind: 'ignored-update' });
    await client().send(update(arn, 6));
    await client().send(look);
    expect(sync.execution(arn).bytesPerSecond).toBe(5);
    sync.recover();
    sync.fail({ kind: 'lost-update', ms: 1 });
    await expect(client().send(update(arn, 8))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(sync.execution(arn).bytesPerSecond).toBe(8);
    sync.recover();
    sync.fail({ kind: 'hang', ms: 20 });
    expect((await client().send(look)).Status).toBe('TRANSFERRING');
  });

  it('wakes who waits when an execution moves by itself', async () => {
    const fast = { launchMs: 20, prepareMs: 20, verifyMs: 20, linkBytesPerSecond: 1e9 };
    const arn = sync.startExecution(task, { bytes: 1e7, ...fast });
    const seen = new Set<string>();
    sync.on('change', () => seen.add(sync.execution(arn).status));
    await sync.until(() => seen.has('SUCCESS'));
    await expect(sync.until(() => false, { timeoutMs: 30 })).rejects.toThrow('30 ms');
  });
});
