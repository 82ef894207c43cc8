import { describe, expect, it } from 'vitest';
import type { NewExecution, NewTask } from '../../../sandbox/datasync/world.ts';
import type { Link } from '../../../src/domain/link/link.ts';
import { listLinks } from '../../../src/workflow/queries/links/list-links.ts';
import { targetsOf } from '../../../src/workflow/queries/list-executions.ts';
import { createMeasuredRates, notingLooks } from '../../../src/workflow/queries/measured-rates.ts';
import { ACCOUNT, REGION } from '../../aws/aws-environment.ts';
import { execution, MIB, policy } from '../../domain/given.ts';
import { link, weekly } from '../../domain/link/given-timetable.ts';
import { givenBot } from '../given-bot.ts';
import { sourceOf } from '../outside.ts';

const OTHER_REGION = 'us-east-1';
const given = givenBot({ match: { regions: [REGION, OTHER_REGION] } });

/** An execution that has sent 500 MiB, and hardly sends more during a test. */
function runs(but: Partial<NewTask & NewExecution> = {}): { arn: string; task: string } {
  const task = given.aws.addTask({ name: 'copy', account: ACCOUNT, region: REGION, ...but });
  const more = { bytes: 1000 * MIB, transferred: 500 * MIB, bytesPerSecond: 1, status: 'TRANSFERRING', ...but };
  return { arn: given.aws.startExecution(task, more), task };
}

const idle = (region = REGION) => given.aws.addTask({ name: 'idle', account: ACCOUNT, region });

/** What is listed of these links. `before`: executions that had sent so much, in MiB, 10 s ago. */
async function listOf(links: Link[], before: [arn: string, mib: number][] = [], looks = 10, size = 10) {
  const rates = createMeasuredRates();
  const lookedAt = new Date(given.bot.clock.now().getTime() - 10_000).toISOString();
  for (const [arn, mib] of before)
    rates.note(execution({ arn, lookedAt, bytesTransferred: mib * MIB, bytesPerSecond: 1 }));
  const made = policy(given.world.rule);
  const deps = {
    ...{ executions: notingLooks(given.bot.deps.executions, rates), rates, clock: given.bot.clock },
    policy: sourceOf(() => ({ ...made, policy: { ...made.policy, links } })),
    defaultRegion: null,
  };
  return listLinks(deps, { size, looks, withinMs: 20_000 });
}

const describes = () => given.aws.calls.filter(({ operation }) => operation === 'DescribeTaskExecution').length;

describe('the list of links', () => {
  it('has each link with what is due, and counts and sums the executions of its tasks', async () => {
    const [one, two, other] = [runs(), runs({ region: OTHER_REGION }), runs()];
    const window = weekly([1, 2, 3, 4, 5, 6, 7], '00:00–24:00', 5 * MIB);
    const { rows, others, complete } = await listOf(
      [
        link({ name: 'both', tasks: [one.task, two.task, idle()] }),
        link({ name: 'other', tasks: [other.task], timetable: [window] }),
        link({ name: 'quiet', tasks: [idle(OTHER_REGION)] }),
      ],
      [
        [one.arn, 400],
        [two.arn, 450],
        [other.arn, 490],
      ],
    );
    expect(rows).toMatchObject([
      { link: { name: 'both' }, executions: 2, unmeasured: 0, unread: [], outlook: { due: { cause: 'capacity' } } },
      {
        link: { name: 'other' },
        executions: 1,
        unmeasured: 0,
        outlook: { due: { capacity: 5 * MIB, cause: 'window' } },
      },
      { link: { name: 'quiet' }, executions: 0, unmeasured: 0, sum: 0 },
    ]);
    expect(rows[0]?.sum).toBeCloseTo(15 * MIB, -2);
    expect(rows[1]?.sum).toBeCloseTo(MIB, -2);
    expect([others, complete]).toEqual([[], true]);
  });

  it('takes from a measured rate what compression saves on the wire', async () => {
    const { arn, task } = runs({ compression: 0.5 });
    const [row] = (await listOf([link({ tasks: [task] })], [[arn, 400]])).rows;
    expect(row?.sum).toBeCloseTo(5 * MIB, -2);
  });

  it('knows of no rate before the second look, and measures nothing before the first byte and after the last', async () => {
    const { task } = runs();
    const [waiting, done] = [runs({ status: 'PREPARING' }), runs({ status: 'VERIFYING' })];
    const links = [link({ tasks: [task, waiting.task, done.task] })];
    const began = describes();
    const { rows, complete } = await listOf(links);
    expect(rows).toMatchObject([{ executions: 3, unmeasured: 1, sum: 0 }]);
    expect(complete).toBe(true);
    expect(describes() - began).toBe(1);
  });

  it('looks at no more executions than it may, and says how many it did not measure', async () => {
    const several = [runs(), runs(), runs()];
    const began = describes();
    const before = several.map(({ arn }): [string, number] => [arn, 490]);
    const { rows, complete } = await listOf([link({ tasks: several.map(({ task }) => task) })], before, 2);
    expect(rows).toMatchObject([{ executions: 3, unmeasured: 1 }]);
    expect(rows[0]?.sum).toBeCloseTo(2 * MIB, -2);
    expect([describes() - began, complete]).toEqual([2, true]);
  });

  it('leaves out an execution that has ended since it was listed', async () => {
    const { arn, task } = runs();
    const targets = targetsOf({ rules: [given.world.rule] }, null);
    const listed = await given.bot.deps.executions.listActive(targets, { details: false });
    expect(listed.executions.map((one) => one.arn)).toContain(arn);
    given.aws.finish(arn, 'SUCCESS');
    expect((await listOf([link({ tasks: [task] })])).rows).toMatchObject([{ executions: 0, unmeasured: 0, sum: 0 }]);
  });

  it('names the Regions of a link’s tasks that AWS did not answer for, and those alone', async () => {
    const { task } = runs();
    const links = [link({ name: 'here', tasks: [task] }), link({ name: 'there', tasks: [idle(OTHER_REGION), idle()] })];
    given.aws.fail({ kind: 'deny', region: OTHER_REGION });
    const { rows } = await listOf(links);
    expect(rows).toMatchObject([
      { link: { name: 'here' }, executions: 1, unread: [] },
      { link: { name: 'there' }, executions: 0, unread: [{ region: OTHER_REGION, pending: false }] },
    ]);
    given.world.rule = { ...given.world.rule, match: {} };
    expect((await listOf(links)).rows[0]?.unread).toEqual([{ region: REGION, pending: false }]);
  });

  it('says where AWS may still answer', async () => {
    const links = [link({ tasks: [idle(OTHER_REGION)] })];
    given.aws.fail({ kind: 'hang', region: OTHER_REGION });
    const made = policy(given.world.rule);
    const deps = { ...given.bot.deps, rates: createMeasuredRates(), defaultRegion: null };
    const source = sourceOf(() => ({ ...made, policy: { ...made.policy, links } }));
    const { rows, complete } = await listLinks({ ...deps, policy: source }, { size: 1, looks: 1, withinMs: 0 });
    expect(rows[0]?.unread).toEqual([{ region: OTHER_REGION, pending: true }]);
    expect(complete).toBe(false);
    given.aws.recover();
  });

  it('has those with executions first where not all fit, and names the others', async () => {
    const { task } = runs();
    const links = [...'abcd'].map((name) => link({ name, tasks: [name === 'c' ? task : idle()] }));
    const { rows, others } = await listOf(links, [], 10, 2);
    expect([rows.map((row) => row.link.name), others]).toEqual([
      ['c', 'a'],
      ['b', 'd'],
    ]);
    expect((await listOf(links)).rows.map((row) => row.link.name)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('asks AWS for nothing where the policy has no links', async () => {
    const calls = given.aws.calls.length;
    expect(await listOf([])).toEqual({ rows: [], others: [], complete: true });
    expect(given.aws.calls).toHaveLength(calls);
  });
});
