import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { forwardClock } from '../forward-clock.ts';
import { COMMAND, givenWorld, LEAD, MiB, OPERATOR, POLICY, shows } from '../world.ts';

const { clock, pass } = forwardClock();
const at = givenWorld({ serve: { clock }, aws: clock });

const taskOf = (arn: string) => arn.split('/execution/')[0];
const limit = (arn: string) => at().aws.execution(arn).bytesPerSecond / MiB;

/** Until AWS shows this limit, in MiB/s. */
const limited = (arn: string, mib: number) => at().aws.until(() => (mib < 0 ? limit(arn) < 0 : limit(arn) === mib));

/** A clock on this day, so many minutes from now. */
function clockIn(minutes: number): string {
  return new Date(clock.now().getTime() + minutes * 60_000).toISOString().slice(11, 16);
}

/** Away from midnight, so that a window of an hour is on one day. */
function towardsNoon(): void {
  const hour = clock.now().getUTCHours();
  pass(((36 - hour) % 24) * 3600);
}
towardsNoon();

/** A link of these tasks with a window of 40 MiB/s, from and to minutes from now. */
async function linkWith(
  name: string,
  arns: readonly string[],
  { from, to }: { from: number; to: number },
): Promise<void> {
  const date = clock.now().toISOString().slice(0, 10);
  const links = `links:
  - name: ${name}
    tasks: ${JSON.stringify(arns.map(taskOf))}
    capacity: unlimited
    share: each
    zone: UTC
    timetable:
      - { dates: ["${date}"], from: "${clockIn(from)}", to: "${clockIn(to)}", capacity: 40MiB/s }
`;
  await writeFile(at().policyFile, POLICY + links);
  await Promise.all(at().bots.map((bot) => bot.reloadPolicy()));
}

/** What was recorded because of a link. */
const recorded = async (link: string) => (await at().records()).filter((record) => record.link === link);

describe('a window of a link', () => {
  it('begins and ends once, with two bots: each execution is set, and gets back what it had', async () => {
    await at().startBot();
    const [one, other] = [at().execution(), at().execution({ region: 'eu-west-1', bytesPerSecond: 30 * MiB })];
    await linkWith('two-bots', [one, other], { from: 2, to: 30 });
    await at().aws.until(() =>
      at().aws.calls.some(
        ({ operation, input }) => operation === 'DescribeTaskExecution' && input.TaskExecutionArn === other,
      ),
    );
    expect([limit(one), limit(other)]).toEqual([100, 30]);
    pass(120);
    await limited(one, 40);
    pass(28 * 60);
    await limited(one, 100);
    expect([at().sent(one), at().sent(other)]).toEqual([[40 * MiB, 100 * MiB], []]);
    await at().aws.until(
      async () => (await recorded('two-bots')).filter(({ event }) => event === 'link.window').length === 3,
    );
    const changes = (await recorded('two-bots')).filter(({ event }) => event !== 'link.window');
    expect(changes.map(({ event, request, from, to }) => [event, request, from, to])).toEqual([
      ['apply.started', null, 100 * MiB, 40 * MiB],
      ['applied', null, 100 * MiB, 40 * MiB],
      ['apply.started', null, 40 * MiB, 100 * MiB],
      ['applied', null, 40 * MiB, 100 * MiB],
    ]);
  });

  it('is set for an execution that starts in it, before its bytes flow', async () => {
    const first = at().execution();
    await linkWith('late-start', [first], { from: -5, to: 50 });
    await limited(first, 40);
    const { text } = await at().told(OPERATOR, () =>
      at().slack.as(OPERATOR).command('C0OPS', COMMAND, 'status late-start'),
    );
    expect(text).toMatch(/Since\*\s+<!date\^/);
    expect(text).toContain('Running executions get this limit within a minute');
    at().aws.finish(first, 'SUCCESS');
    const next = at().aws.startExecution(taskOf(first) ?? '', {
      bytes: 2_000_000 * MiB,
      status: 'LAUNCHING',
      launchMs: 3_600_000,
    });
    pass(60);
    await limited(next, 40);
    expect(at().aws.execution(next).status).toBe('LAUNCHING');
  });

  it('caps what was requested, and the card and the result say so', async () => {
    const arn = at().execution();
    await linkWith('capped', [arn], { from: -5, to: 50 });
    await limited(arn, 40);
    await at().slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 60MiB/s for 2h`);
    const card = await at().card(arn);
    await at().approve(LEAD, card);
    const result = await at().result(card);
    expect(shows(result, 'allows 40 MiB/s (336 Mbit/s) instead of 60 MiB/s')).toBe(true);
    expect(shows(await at().card(arn, 'In force'), 'Link `capped` allows 40 MiB/s')).toBe(true);
    expect(limit(arn)).toBe(40);
    pass(50 * 60);
    await limited(arn, 60);
    expect(at().sent(arn)).toEqual([40 * MiB, 60 * MiB]);
  });

  it('is not set any more once the policy has no such link', async () => {
    const arn = at().execution();
    await linkWith('gone', [arn], { from: -5, to: 50 });
    await limited(arn, 40);
    await writeFile(at().policyFile, POLICY);
    await Promise.all(at().bots.map((bot) => bot.reloadPolicy()));
    pass(60);
    await limited(arn, 100);
  });
});
