import { DataSyncClient, DescribeTaskCommand, ListTasksCommand, paginateListTasks } from '@aws-sdk/client-datasync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalDataSync, startDataSync } from '../../datasync/start-data-sync.ts';

const HERE = { account: '111122223333', region: 'us-east-1' };
const LOCATION = 'arn:aws:datasync:us-east-1:111122223333:location/loc-0123456789abcdef0';
const OTHER = LOCATION.replace(/.$/, '1');
const RUNNING = { bytes: 1e12, status: 'TRANSFERRING' };

let sync: LocalDataSync;
let client: DataSyncClient;

beforeEach(async () => {
  sync = await startDataSync();
  const credentials = { accessKeyId: 'AKIAOWN', secretAccessKey: 'secret' };
  client = new DataSyncClient({ region: HERE.region, credentials, endpoint: sync.url, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await sync.stop();
});

const described = (task: string) => client.send(new DescribeTaskCommand({ TaskArn: task }));
const at = (Operator: 'Equals' | 'In', ...Values: string[]) => [{ Name: 'LocationId' as const, Operator, Values }];

async function listed(Filters: ReturnType<typeof at>): Promise<(string | undefined)[]> {
  const { Tasks = [] } = await client.send(new ListTasksCommand({ Filters }));
  return Tasks.map(({ Name }) => Name);
}

describe('the tasks of the local DataSync', () => {
  it('have two locations, and are listed by either of them', async () => {
    const from = sync.addTask({ ...HERE, name: 'from', source: LOCATION });
    sync.addTask({ ...HERE, name: 'to', destination: LOCATION });
    sync.addTask({ ...HERE, name: 'elsewhere', destination: OTHER });
    sync.addTask({ ...HERE, name: 'far', region: 'eu-west-1', destination: LOCATION });
    const { SourceLocationArn, DestinationLocationArn } = await described(from);
    expect(SourceLocationArn).toBe(LOCATION);
    expect(DestinationLocationArn).toMatch(/:location\/loc-[0-9a-f]{17}$/);
    expect(await listed(at('Equals', LOCATION))).toEqual(['from', 'to']);
    expect(await listed(at('In', LOCATION, OTHER))).toEqual(['from', 'to', 'elsewhere']);
    expect(await listed([...at('In', LOCATION, OTHER), ...at('Equals', OTHER)])).toEqual(['elsewhere']);
    expect(await listed(at('Equals', DestinationLocationArn ?? ''))).toEqual(['from']);
  });

  it('are listed in pages, filtered ones too', async () => {
    for (let index = 0; index < 150; index++) {
      sync.addTask({ ...HERE, name: 'here', source: LOCATION });
      sync.addTask({ ...HERE, name: 'elsewhere' });
    }
    const pages: number[] = [];
    for await (const { Tasks = [] } of paginateListTasks({ client }, { Filters: at('Equals', LOCATION) })) {
      pages.push(Tasks.filter(({ Name }) => Name === 'here').length);
    }
    expect(pages).toEqual([100, 50]);
  });

  it.each([
    [{ Name: 'LocationId' as const, Operator: 'Equals' as const, Values: ['loc-0123456789abcdef0'] }],
    [{ Name: 'LocationId' as const, Operator: 'Equals' as const, Values: [] }],
    [{ Name: 'LocationId' as const, Operator: 'NotContains' as const, Values: [LOCATION] }],
    [{ Name: 'CreationTime' as const, Operator: 'Equals' as const, Values: [LOCATION] }],
  ])('are not listed as if %o had been heeded', async (filter) => {
    const answer = client.send(new ListTasksCommand({ Filters: [filter] }));
    await expect(answer).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  it('name the execution that was started last, and say whether any runs or waits', async () => {
    const task = sync.addTask({ ...HERE, name: 'nightly' });
    const seen = async () => {
      const { Status, CurrentTaskExecutionArn } = await described(task);
      return [Status, CurrentTaskExecutionArn];
    };
    expect(await seen()).toEqual(['AVAILABLE', undefined]);
    const first = sync.startExecution(task, RUNNING);
    expect(await seen()).toEqual(['RUNNING', first]);
    const second = sync.startExecution(task, { bytes: 1e12 });
    expect(sync.execution(second).status).toBe('QUEUED');
    expect(await seen()).toEqual(['RUNNING', second]);
    sync.finish(second, 'ERROR');
    sync.finish(first, 'SUCCESS');
    expect(await seen()).toEqual(['AVAILABLE', second]);
    const third = sync.queueExecution(task, RUNNING);
    expect(await seen()).toEqual(['QUEUED', third]);
    expect((await client.send(new ListTasksCommand({}))).Tasks).toMatchObject([{ TaskArn: task, Status: 'QUEUED' }]);
  });
});
