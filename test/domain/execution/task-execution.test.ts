import { describe, expect, it } from 'vitest';
import {
  isActive,
  isUpdatable,
  PARTITIONS,
  parseExecutionArn,
  progress,
} from '../../../src/domain/execution/task-execution.ts';

const TASK = 'task-0123456789abcdef0';
const EXEC = 'exec-0fedcba9876543210';
const RESOURCE = `task/${TASK}/execution/${EXEC}`;
const ARN = `arn:aws:datasync:us-east-1:111122223333:${RESOURCE}`;

describe('parseExecutionArn', () => {
  it.each(PARTITIONS)('takes the ARN apart in partition %s', (partition) => {
    const arn = `arn:${partition}:datasync:eu-west-1:012345678901:${RESOURCE}`;
    expect(parseExecutionArn(`  ${arn}\n`)).toEqual({
      ok: true,
      value: {
        arn,
        partition,
        region: 'eu-west-1',
        account: '012345678901',
        taskId: TASK,
        executionId: EXEC,
        taskArn: `arn:${partition}:datasync:eu-west-1:012345678901:task/${TASK}`,
      },
    });
  });

  it.each([
    [`arn:aws:datasync:us-east-1:111122223333:task/${TASK}`, 'task-arn', '/execution/exec-'],
    ['arn:aws:datasync:us-east-1:111122223333:agent/agent-0123456789abcdef0', 'agent-arn', 'not of an agent'],
    ['arn:aws:datasync:us-east-1:111122223333:location/loc-0123456789abcdef0', 'location-arn', 'not of a location'],
    ['arn:aws:s3:::bucket', 'other-service', 'DataSync'],
    ['arn:aws:iam::111122223333:role/x', 'other-service', 'DataSync'],
    [EXEC, 'not-an-arn', 'whole ARN'],
    ['', 'not-an-arn', 'whole ARN'],
    [ARN.replace('arn:aws', 'arn:aws-moon'), 'malformed', 'partition'],
    [ARN.replace('us-east-1', 'US-EAST-1'), 'malformed', 'Region'],
    [ARN.replace('us-east-1', ''), 'malformed', 'Region'],
    [ARN.replace('111122223333', '11112222333'), 'malformed', '12 digits'],
    [ARN.slice(0, -1), 'malformed', '17 of 0-9'],
    [ARN.toUpperCase().replace('ARN:AWS:DATASYNC', 'arn:aws:datasync'), 'malformed', 'Region'],
    [`${ARN}:x`, 'malformed', '17 of 0-9'],
    [`${ARN}/x`, 'malformed', '17 of 0-9'],
    [`${ARN}\n${ARN}`, 'malformed', '17 of 0-9'],
    [ARN.replace('us-east-1', 'a'.repeat(60)), 'malformed', '128'],
    [`arn:aws:datasync:${'x'.repeat(10_000)}`, 'malformed', '12 digits'],
  ])('refuses %j as %s', (text, kind, advice) => {
    const parsed = parseExecutionArn(text);
    expect(parsed).toMatchObject({ ok: false, problem: { kind } });
    if (parsed.ok) return;
    expect(parsed.problem.instead).toContain(advice);
    expect(parsed.problem.quoted.length).toBeLessThanOrEqual(60);
  });
});

describe('the status', () => {
  it.each([
    ['QUEUED', true, true],
    ['LAUNCHING', true, true],
    ['PREPARING', true, true],
    ['TRANSFERRING', true, true],
    ['VERIFYING', true, true],
    ['CANCELLING', false, true],
    ['SUCCESS', false, false],
    ['ERROR', false, false],
    ['SOMETHING_NEW', false, true],
  ])('%s: can be updated %s, goes on %s', (status, updatable, active) => {
    expect(isUpdatable(status)).toBe(updatable);
    expect(isActive(status)).toBe(active);
  });
});

describe('progress', () => {
  it.each([
    [0, 0, null],
    [10, 0, null],
    [0, 100, 0],
    [25, 100, 0.25],
    [120, 100, 1],
  ])('%d of %d bytes is %s', (bytesTransferred, bytesEstimated, part) => {
    expect(progress({ bytesTransferred, bytesEstimated })).toBe(part);
  });
});

describe('an ARN with invisible characters', () => {
  const ARN = 'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0/execution/exec-0fedcba9876543210';

  it.each(['\u200b', '\u200e', '\u00ad', '\u2060', '\ufeff'])('is read without %j', (hidden) => {
    expect(parseExecutionArn(`${hidden}${ARN.slice(0, 80)}${hidden}${ARN.slice(80)}${hidden}`)).toMatchObject({
      ok: true,
      value: { arn: ARN },
    });
  });

  it('is refused by name if one changes the order of what follows', () => {
    const parsed = parseExecutionArn(`${ARN.slice(0, 40)}\u202e${ARN.slice(40)}`);
    expect(parsed).toMatchObject({ ok: false, problem: { kind: 'malformed' } });
    if (!parsed.ok) expect(parsed.problem.instead).toMatch(/ U\+202E$/);
  });
});
