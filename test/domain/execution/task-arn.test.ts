import { expect, it } from 'vitest';
import { parseTaskArn } from '../../../src/domain/execution/task-arn.ts';

const ARN = 'arn:aws-us-gov:datasync:us-gov-west-1:111122223333:task/task-0123456789abcdef0';

it('reads the parts of a task’s ARN', () => {
  expect(parseTaskArn(ARN)).toMatchObject({
    partition: 'aws-us-gov',
    region: 'us-gov-west-1',
    account: '111122223333',
    taskId: 'task-0123456789abcdef0',
  });
});

it.each([
  '',
  'task-0123456789abcdef0',
  `${ARN}/`,
  ` ${ARN}`,
  `${ARN}\u200b`,
  `${ARN}/execution/exec-0123456789abcdef0`,
  ARN.replace('task/task', 'location/loc'),
  ARN.replace('datasync', 's3'),
  ARN.replace('aws-us-gov', 'aws-mars'),
  ARN.replace('def0', 'DEF0'),
])('reads nothing else: "%s"', (text) => {
  expect(parseTaskArn(text)).toBeNull();
});
