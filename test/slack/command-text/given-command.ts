import { parseCommand } from '../../../src/slack/command-text/command-text.ts';

export const MiB = 1024 ** 2;

export const ARN =
  'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0/execution/exec-0fedcba9876543210';

export const TASK_ARN = 'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0';

export function ask(text: string) {
  const command = parseCommand(text);
  if (command.kind !== 'ask') throw new Error(`${text} was read as ${JSON.stringify(command)}`);
  const { target, rate, durationSeconds, reason } = command;
  return {
    arn: target.kind === 'arn' ? target.execution.arn : target,
    rate: rate.kind === 'percent' ? `${rate.percent}%` : rate.bytesPerSecond,
    durationSeconds,
    reason,
  };
}
