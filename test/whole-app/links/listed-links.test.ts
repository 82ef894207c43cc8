import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { elementsOf, type PlacedElement, visibleText } from '../../../sandbox/slack/block-walk.ts';
import type { EphemeralMessage } from '../../../sandbox/slack/workspace.ts';
import { forwardClock } from '../forward-clock.ts';
import { COMMAND, givenWorld, LEAD, MiB, OPERATOR, POLICY, shows } from '../world.ts';

const { clock, pass } = forwardClock();
const at = givenWorld({ aws: clock, serve: { clock } });

/** What a person is told privately that says so. A list may be told twice: at once, and when AWS has answered. */
async function told(says: RegExp, act: () => Promise<unknown>, user = OPERATOR): Promise<EphemeralMessage> {
  const { slack } = at();
  const before = slack.as(user).ephemerals().length;
  await act();
  const found = () =>
    slack
      .as(user)
      .ephemerals()
      .slice(before)
      .find((one) => says.test(visibleText(one)));
  return slack.until(found, { timeoutMs: 10_000 });
}

const type = (words: string) => () => at().slack.as(OPERATOR).command('C0OPS', COMMAND, words);

/** `list`, again and again until it says so: on a busy machine AWS's answers may miss the first ones. */
async function list(says: RegExp): Promise<EphemeralMessage> {
  await expect.poll(async () => visibleText(await told(/./, type('list'))), { timeout: 30_000 }).toMatch(says);
  return told(says, type('list'));
}

async function home(user: string, says: string): Promise<string> {
  const { slack } = at();
  await slack.as(user).openHome();
  return visibleText(
    await slack.until(() => {
      const view = slack.as(user).home();
      return view && shows(view, says) && view;
    }),
  );
}

async function reload(policy: string): Promise<void> {
  await writeFile(at().policyFile, policy);
  await at().bots[0]?.reloadPolicy();
}

/** The button of the first link. */
function first({ blocks }: Pick<EphemeralMessage, 'blocks'>): PlacedElement {
  const [found] = elementsOf(blocks ?? []);
  if (found?.actionId !== 'link-status') throw new Error('no link is shown first');
  return found;
}

/** A link of 100 MiB/s whose one task runs at 42.5 MiB/s, and others on which nothing runs. */
let policy = '';
beforeAll(() => {
  const arn = at().execution({ name: 'over-the-wire', bytesPerSecond: 42.5 * MiB });
  const taskArn = arn.split('/execution/')[0] ?? '';
  const idle = (place: number) => taskArn.replace(/.{17}$/, String(place).padStart(17, '0'));
  const others = Array.from(
    { length: 11 },
    (_, place) => `  - { name: line-${place}, capacity: 1GiB/s, tasks: ["${idle(place)}"] }\n`,
  );
  policy = `${POLICY}links:
${others.join('')}  - name: dc1-wan
    about: Frankfurt uplink
    tasks: ["${taskArn}"]
    capacity: 50MiB/s
    zone: Europe/Berlin
    timetable:
      - { days: mon-sun, from: "00:00", to: "24:00", capacity: 100MiB/s }
      - { dates: ["2099-12-24"], from: "00:00", to: "24:00", capacity: unlimited }
`;
});

describe('links in `list` and on the Home tab', () => {
  it('are not there where the policy has none', async () => {
    await list(/^\*\d+ running or queued executions?\.\*/);
    expect(await home('U0AUDIT', 'Running and queued')).toMatch(/^\*For you to decide\*/);
  });

  it('come first: capacity and why, next change, and what their executions send together, once it is measured', async () => {
    await reload(policy);
    await list(
      /^\*Links\* \(10 of 12\)\n\*dc1-wan\* · Frankfurt uplink\n.*1 running or queued execution · not measured yet/s,
    );
    pass(200);
    const shown = await list(
      /████░░░░░░ 4[123] % of the capacity · measured: 4[123](\.\d)? MiB\/s \(\d+ Mbit\/s\) on the wire · 1 running.*not applied yet.*over-the-wire/s,
    );
    const text = visibleText(shown);
    expect(text).toContain(
      'Capacity 100 MiB/s (839 Mbit/s): window Mon–Sun 00:00–24:00 (Europe/Berlin)\nNext change: <!date^',
    );
    expect(text).toMatch(/Next change: .*2099.*→ unlimited/);
    expect(text).toMatch(
      /\*line-0\*\nCapacity 1 GiB\/s \([^)]*\): the link has no timetable\nNo running or queued executions/,
    );
    expect(text).toContain('And 2 more links: line-9, line-10.');
    expect(text.split('not applied yet')).toHaveLength(2);
    expect(shown.text).toMatch(/^Capacity of links: dc1-wan 100 MiB\/s .* and 2 more\. .*running or queued/);

    const tab = await home(LEAD, 'of the capacity');
    expect(tab).toMatch(
      /^\*Links\* \(5 of 12\)\n\*dc1-wan\* · Frankfurt uplink\nCapacity 100 MiB\/s.*4[123] % of the capacity.*For you to decide/s,
    );
  });

  it('have a button that answers like `status`, in the Home tab by a modal', async () => {
    const { slack } = at();
    const olga = slack.as(OPERATOR);
    const status = visibleText(await told(/^\*Link `dc1-wan`/, type('status dc1-wan')));
    const shown = await list(/^\*Links\* \(10 of 12\)\n\*dc1-wan\*/);
    const pressed = await told(/^\*Link `/, () => olga.click(shown, first(shown)));
    expect(visibleText(pressed)).toBe(status);
    await told(/^Nothing was done: this message is too old/, () =>
      olga.click(shown, first(shown), { value: 'dc1-wan' }),
    );

    const lena = slack.as(LEAD);
    const tab = lena.home();
    if (!tab) throw new Error('no Home tab');
    await lena.click(tab, first(tab));
    const modal = await slack.until(() => lena.views().find((view) => shows(view, 'Frankfurt')));
    expect(visibleText(modal)).toContain(status);
    await lena.close(modal);
  });

  it('show no sum as whole while AWS does not answer for a Region of theirs', async () => {
    const { aws } = at();
    aws.fail({ kind: 'deny', region: 'us-east-1' });
    pass(60);
    const shown = await list(/Running executions unknown\nIncomplete: executions in us-east-1 couldn’t be read\./);
    expect(visibleText(shown)).not.toMatch(/No running or queued executions|of the capacity/);
    aws.recover();
  });

  it('are for viewers alone, and say so where they are gone', async () => {
    const olga = at().slack.as(OPERATOR);
    const shown = await list(/^\*Links\* \(10 of 12\)\n\*dc1-wan\*/);
    const press = () => olga.click(shown, first(shown));
    await reload(POLICY);
    await told(/^The policy no longer has a link named `dc1-wan`/, press);
    await reload(policy.replace('version: 1\n', `version: 1\nviewers: { users: [${LEAD}] }\n`));
    for (const act of [press, type('list')])
      expect(visibleText(await told(/can’t view/, act))).not.toContain('Capacity');
    expect(await home(OPERATOR, 'can’t view')).not.toContain('Links');
  });
});
