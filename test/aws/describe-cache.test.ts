import { describe, expect, it } from 'vitest';
import { createDescribeCache, type Described, MAX_DESCRIBED } from '../../src/aws/describe-cache.ts';
import { MAX_AGE_MS } from '../../src/workflow/ports/executions.ts';
import { arnOf, REGION } from './aws-environment.ts';
import { adapter, aws, CHANGE, count, givenAws, READ, RUNNING, task } from './given-executions.ts';

givenAws();

const SHARED = { maxAgeMs: 5_000 };
const describes = () => count('DescribeTaskExecution');
/** An execution at a limit of 100 bytes per second. */
const running = () => arnOf(aws.startExecution(task, { ...RUNNING, bytesPerSecond: 100 }));
/** Until AWS has answered that many calls; a call that hangs is among them from its start. */
const arrived = (operation: string, calls: number) => aws.until(() => count(operation) === calls);

function withClock() {
  let at = Date.now();
  const executions = adapter({}, { now: () => new Date(at) });
  const pass = (ms: number) => {
    at += ms;
  };
  return { executions, pass };
}

describe('an answer of DescribeTaskExecution', () => {
  it('is shared as long as each caller allows', async () => {
    const arn = running();
    const { executions, pass } = withClock();
    const look = async (maxAgeMs?: number) =>
      (await executions.describe(arn, READ, maxAgeMs === undefined ? {} : { maxAgeMs })).bytesPerSecond;
    expect(await look()).toBe(100);
    aws.setLimit(arn.arn, 200);
    pass(4_000);
    expect(await look(4_000)).toBe(100);
    expect(describes()).toBe(1);
    expect(await look(3_999)).toBe(200);
    expect(await look(0)).toBe(200);
    expect(await look()).toBe(200);
    expect(describes()).toBe(4);
    // What a caller read for itself answers the next one.
    aws.setLimit(arn.arn, 300);
    expect(await look(1)).toBe(200);
    expect(describes()).toBe(4);
  });

  it('is not kept longer than anybody may ask for', async () => {
    const arn = running();
    const { executions, pass } = withClock();
    await executions.describe(arn, READ);
    pass(MAX_AGE_MS + 1);
    await executions.describe(arn, READ, { maxAgeMs: 10 * MAX_AGE_MS });
    expect(describes()).toBe(2);
  });

  it('is one call for all who ask at the same time, and a call of its own for each who needs a fresh one', async () => {
    const arn = running();
    const executions = adapter();
    const ask = (ages: (typeof SHARED | undefined)[]) =>
      Promise.all(ages.map((age) => executions.describe(arn, READ, age)));
    await ask([SHARED, SHARED, SHARED]);
    expect(describes()).toBe(1);
    await ask([undefined, SHARED, undefined, SHARED]);
    expect(describes()).toBe(3);
  });

  it('is shared with who asks right before a change is sent', async () => {
    const arn = running();
    const executions = adapter();
    await executions.describe(arn, READ);
    const shown = executions.describe(arn, READ, SHARED);
    await executions.update(arn, 7, CHANGE);
    expect((await shown).bytesPerSecond).toBe(100);
    expect(describes()).toBe(1);
  });

  it('tells each caller the name of the task', async () => {
    const arn = running();
    const executions = adapter();
    await executions.describe(arn, READ);
    expect(await executions.describe(arn, READ, SHARED)).toMatchObject({ taskName: 'nightly archive' });
  });

  it('is not kept where it is a fault', async () => {
    const arn = running();
    const executions = adapter();
    aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' });
    const denied = { kind: 'denied' };
    const looks = [SHARED, SHARED].map((age) => executions.describe(arn, READ, age));
    for (const look of looks) await expect(look).rejects.toMatchObject(denied);
    expect(describes()).toBe(1);
    await expect(executions.describe(arn, READ, SHARED)).rejects.toMatchObject(denied);
    expect(describes()).toBe(2);
    aws.recover();
    expect(await executions.describe(arn, READ, SHARED)).toMatchObject({ bytesPerSecond: 100 });
  });

  it('forgets the answer before where the next one is a fault', async () => {
    const arn = running();
    const executions = adapter();
    await executions.describe(arn, READ);
    aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution', times: 1 });
    await expect(executions.describe(arn, READ)).rejects.toMatchObject({ kind: 'denied' });
    await executions.describe(arn, READ, SHARED);
    expect(describes()).toBe(3);
  });

  it('is waited for no longer than one call may take, and later callers don’t wait for it', async () => {
    const arn = running();
    let at = Date.now();
    const executions = adapter({ attempt: 200, describe: 400 }, { now: () => new Date(at) });
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution', times: 1 });
    const first = executions.describe(arn, READ, SHARED);
    const second = executions.describe(arn, READ, SHARED);
    await arrived('DescribeTaskExecution', 1);
    at += SHARED.maxAgeMs + 1;
    aws.recover();
    expect(await executions.describe(arn, READ, SHARED)).toMatchObject({ bytesPerSecond: 100 });
    // The SDK repeats the one that hangs.
    expect(await Promise.all([first, second])).toMatchObject([{ bytesPerSecond: 100 }, { bytesPerSecond: 100 }]);
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution' });
    at += SHARED.maxAgeMs + 1;
    const hanging = [SHARED, SHARED].map((age) => executions.describe(arn, READ, age));
    for (const look of hanging) await expect(look).rejects.toMatchObject({ kind: 'no-answer' });
  });

  it('feeds the list of what runs, and is fed by it', async () => {
    const arn = running();
    const other = running();
    const executions = adapter();
    await executions.describe(arn, READ);
    await executions.listActive([{ region: REGION, role: null }], { details: false });
    const seen = await executions.lookAtActive([arn.arn, other.arn], 10_000);
    expect([...seen.keys()].sort()).toEqual([arn.arn, other.arn].sort());
    expect(describes()).toBe(2);
    await executions.describe(other, READ, SHARED);
    expect(describes()).toBe(2);
  });
});

describe('what is kept', () => {
  it('is the answers about the executions that were asked for last', async () => {
    const clock = { now: () => new Date(0) };
    const answered: string[] = [];
    const cache = createDescribeCache(clock, async ({ arn }) => {
      answered.push(arn);
      return { arn } as Described;
    });
    const ask = (number: number) => cache.describe({ arn: `exec-${number}`, region: REGION }, READ, SHARED);
    for (let number = 0; number <= MAX_DESCRIBED; number++) await ask(number);
    await ask(1);
    expect(answered).toHaveLength(MAX_DESCRIBED + 1);
    await ask(0);
    expect(answered).toHaveLength(MAX_DESCRIBED + 2);
  });
});
