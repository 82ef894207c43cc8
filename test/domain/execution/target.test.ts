import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../../src/domain/execution/target.ts';

const TASK = 'task-0123456789abcdef0';
const EXEC = 'exec-0fedcba9876543210';
const TASK_ARN = `arn:aws:datasync:us-east-1:111122223333:task/${TASK}`;
const ARN = `${TASK_ARN}/execution/${EXEC}`;
const HOME = 'https://us-east-1.console.aws.amazon.com/datasync/home?region=us-east-1';
const ids = (more: object) => ({ kind: 'ids', taskId: null, executionId: null, region: null, account: null, ...more });

describe('a target', () => {
  it.each([
    [ARN, { kind: 'arn', execution: expect.objectContaining({ arn: ARN }) }],
    [ARN.toUpperCase(), { kind: 'arn', execution: expect.objectContaining({ arn: ARN }) }],
    [`\u200b${ARN}\ufeff`, { kind: 'arn', execution: expect.objectContaining({ arn: ARN }) }],
    [TASK_ARN, ids({ taskId: TASK, region: 'us-east-1', account: '111122223333' })],
    [EXEC, ids({ executionId: EXEC })],
    [EXEC.toUpperCase(), ids({ executionId: EXEC })],
    [TASK, ids({ taskId: TASK })],
    [`${TASK}/${EXEC}`, ids({ taskId: TASK, executionId: EXEC })],
    [`task/${TASK}/execution/${EXEC}`, ids({ taskId: TASK, executionId: EXEC })],
    [`${HOME}#/history/${TASK}/${EXEC}`, ids({ taskId: TASK, executionId: EXEC, region: 'us-east-1' })],
    [`${HOME}#/tasks/${TASK}`, ids({ taskId: TASK, region: 'us-east-1' })],
    [`${HOME}#%2Ftasks%2F${TASK}`, ids({ taskId: TASK, region: 'us-east-1' })],
    [
      `https://console.aws.amazon.com/datasync/home?region=eu-west-1#/history/${TASK}/${EXEC}`,
      ids({ taskId: TASK, executionId: EXEC, region: 'eu-west-1' }),
    ],
    [
      `https://us-gov-west-1.console.amazonaws-us-gov.com/datasync/home#/tasks/${TASK}`,
      ids({ taskId: TASK, region: 'us-gov-west-1' }),
    ],
    [
      `https://111122223333-ab12cd34.us-east-1.console.aws.amazon.com/datasync/home?region=us-east-1#/tasks/${TASK}`,
      ids({ taskId: TASK, region: 'us-east-1', account: '111122223333' }),
    ],
    ['_nightly  archive. ', { kind: 'name', name: '_nightly  archive. ' }],
    ['nightly\u00a0archive', { kind: 'name', name: 'nightly archive' }],
    ['nightly-archive', { kind: 'name', name: 'nightly-archive' }],
    ['Nightly archive eu', { kind: 'name', name: 'Nightly archive eu' }],
    ['task-force', { kind: 'name', name: 'task-force' }],
  ])('%s', (text, value) => {
    expect(parseTarget(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['agent-0123456789abcdef0', 'agent-arn'],
    ['loc-0123456789abcdef0', 'location-arn'],
    ['exec-0fedcba98765432', 'malformed-id'],
    ['arn:aws:s3:::bucket', 'other-service'],
    ['night*', 'no-name'],
    ['x'.repeat(257), 'no-name'],
    ['night\u202ely', 'no-name'],
    ['', 'no-name'],
    [HOME, 'not-a-console-address'],
    [`http://us-east-1.console.aws.amazon.com/datasync/home#/tasks/${TASK}`, 'not-a-console-address'],
    [`${HOME.replace('region=us-east-1', 'region=eu-west-1')}#/tasks/${TASK}`, 'not-a-console-address'],
    [`https://console.aws.amazon.com/datasync/home#/tasks/${TASK}`, 'not-a-console-address'],
    [
      `https://console.aws.amazon.com.example.com/datasync/home?region=us-east-1#/tasks/${TASK}`,
      'not-a-console-address',
    ],
    [`https://me@us-east-1.console.aws.amazon.com/datasync/home#/tasks/${TASK}`, 'not-a-console-address'],
    [`https://us-east-1.console.aws.amazon.com:8443/datasync/home#/tasks/${TASK}`, 'not-a-console-address'],
    [`https://us-east-1.console.aws.amazon.com/ec2/home#/tasks/${TASK}`, 'not-a-console-address'],
    [`${HOME}#/history/${TASK}/${EXEC}/exec-00000000000000000`, 'not-a-console-address'],
    [`https://evil-ab12.us-east-1.console.aws.amazon.com/datasync/home#/tasks/${TASK}`, 'not-a-console-address'],
    [`${HOME}&region=eu-west-1#/tasks/${TASK}`, 'not-a-console-address'],
    [`https://console.aws.amazon.com/datasync/home?region=example.com/#/tasks/${TASK}`, 'not-a-console-address'],
    [' ', 'no-name'],
    ['https://%', 'not-a-console-address'],
  ])('is refused: %s', (text, kind) => {
    expect(parseTarget(text)).toMatchObject({ ok: false, problem: { kind } });
  });

  it('is quoted by both ends where it is long', () => {
    const parsed = parseTarget(`${ARN}0`);
    expect(parsed).toMatchObject({
      ok: false,
      problem: { quoted: expect.stringMatching(/^arn:aws:.*…\/exec-0fed.*00$/) },
    });
  });
});
