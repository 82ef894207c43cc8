import diagnostics from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { ClientRequest } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { arnOf } from './aws-environment.ts';
import { adapter, aws, CHANGE, givenAws, RUNNING, task } from './given-executions.ts';

givenAws();

const ANSWERED = 'http.client.response.finish';
let sent: ClientRequest[] = [];
const note = (message: unknown) => void sent.push((message as { request: ClientRequest }).request);
beforeEach(() => {
  sent = [];
  diagnostics.subscribe(ANSWERED, note);
});
afterEach(() => diagnostics.unsubscribe(ANSWERED, note));

const targets = () => sent.map((request) => String(request.getHeader('x-amz-target')).split('.')[1]);
const reused = () => sent.map((request) => request.reusedSocket);

it('a change goes over the connection on which its execution was read right before', async () => {
  const arn = arnOf(aws.startExecution(task, RUNNING));
  const executions = adapter({ changeIdle: 60_000 });
  await executions.describe(arn, CHANGE);
  await executions.update(arn, 7, CHANGE);
  const changes = sent.filter((_, place) => targets()[place] !== 'DescribeTask');
  expect(changes.map(({ reusedSocket }) => reusedSocket)).toEqual([false, true]);
});

it('and over no connection that was idle for long, which the other end may have closed', async () => {
  const arn = arnOf(aws.startExecution(task, RUNNING));
  const executions = adapter({ changeIdle: 1 });
  await executions.update(arn, 7, CHANGE);
  const { socket } = sent[0] as ClientRequest;
  if (socket && !socket.destroyed) await once(socket, 'close');
  await executions.update(arn, 8, CHANGE);
  expect(targets()).toEqual(['UpdateTaskExecution', 'UpdateTaskExecution']);
  expect(reused()).toEqual([false, false]);
});
