import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { elementsOf, visibleText } from '../../../sandbox/slack/block-walk.ts';
import { forwardClock } from '../forward-clock.ts';
import { COMMAND, givenWorld, LEAD, MiB, OPERATOR, POLICY, shows } from '../world.ts';

const { clock, pass } = forwardClock();
const at = givenWorld({ aws: clock, serve: { clock } });

const type = async (words: string, user = OPERATOR) =>
  (await at().told(user, () => at().slack.as(user).command('C0OPS', COMMAND, words))).text;

/** What `list` shows once it says so: on a busy machine AWS's answers may miss the first ones. */
const list = (says: RegExp) => expect.poll(() => type('list'), { timeout: 30_000 }).toMatch(says);

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

/** A link of 100 MiB/s whose one task runs at 42.5 MiB/s, and others on which nothing runs. */
let policy = '';
let taskArn = '';
beforeAll(() => {
  const arn = at().execution({ name: 'over-the-wire', bytesPerSecond: 42.5 * MiB });
  taskArn = arn.split('/execution/')[0] ?? '';
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
    await list(
      /████░░░░░░ 4[123] % of the capacity · measured: 4[123](\.\d)? MiB\/s \(\d+ Mbit\/s\) on the wire · 1 running/,
    );
    const text = await type('list');
    expect(text).toContain(
      'Capacity 100 MiB/s (839 Mbit/s): window Mon–Sun 00:00–24:00 (Europe/Berlin)\nNext change: <!date^',
    );
    expect(text).toMatch(/Next change: .*2099.*→ unlimited/);
    expect(text).toMatch(
      /\*line-0\*\nCapacity 1 GiB\/s \([^)]*\): the link has no timetable\nNo running or queued executions/,
    );
    expect(text).toContain('And 2 more links: line-9, line-10.');
    expect(text.split('not applied yet')).toHaveLength(2);
    expect(text).toMatch(/not applied yet.*over-the-wire/s);
    const { text: alone } = at().slack.as(OPERATOR).ephemerals().at(-1) ?? {};
    expect(alone).toMatch(/^Capacity of links: dc1-wan 100 MiB\/s .* and 2 more\. \d+ running or queued/);

    const shown = await home(LEAD, 'Frankfurt');
    expect(shown).toMatch(
      /^\*Links\* \(5 of 12\)\n\*dc1-wan\* · Frankfurt uplink\nCapacity 100 MiB\/s.*For you to decide/s,
    );
    expect(shown).toMatch(/4[123] % of the capacity/);
  });

  it('have a button that answers like `status`, in the Home tab by a modal', async () => {
    const { slack, told } = at();
    const olga = slack.as(OPERATOR);
    const status = await type('status dc1-wan');
    await type('list');
    const shown = olga.ephemerals().at(-1);
    if (!shown) throw new Error('nothing was shown');
    const [first] = elementsOf(shown.blocks ?? []);
    expect(first?.actionId).toBe('link-status');
    expect((await told(OPERATOR, () => olga.click(shown, first ?? ''))).text).toBe(status);
    const forged = await told(OPERATOR, () => olga.click(shown, first ?? '', { value: 'dc1-wan' }));
    expect(forged.text).toMatch(/^Nothing was done: this message is too old/);

    const lena = slack.as(LEAD);
    const tab = lena.home();
    if (!tab) throw new Error('no Home tab');
    await lena.click(tab, elementsOf(tab.blocks)[0] ?? '');
    const modal = await slack.until(() => lena.views().find((view) => shows(view, 'Frankfurt')));
    expect(visibleText(modal)).toContain(status);
    await lena.close(modal);
  });

  it('show no sum as whole while AWS does not answer for a Region of theirs', async () => {
    const { aws } = at();
    aws.fail({ kind: 'deny', region: 'us-east-1' });
    pass(60);
    await list(/Running executions unknown\nIncomplete: executions in us-east-1 couldn’t be read\./);
    expect(await type('list')).not.toMatch(/No running or queued executions|of the capacity/);
    aws.recover();
  });

  it('are for viewers alone, and say so where they are gone', async () => {
    const { slack, told } = at();
    await list(/^\*Links\* \(10 of 12\)\n\*dc1-wan\*/);
    const olga = slack.as(OPERATOR);
    const shown = olga.ephemerals().at(-1);
    if (!shown) throw new Error('nothing was shown');
    const press = async () =>
      (await told(OPERATOR, () => olga.click(shown, elementsOf(shown.blocks ?? [])[0] ?? ''))).text;
    await reload(POLICY);
    expect(await press()).toMatch(/^The policy no longer has a link named `dc1-wan`/);
    await reload(policy.replace('version: 1\n', `version: 1\nviewers: { users: [${LEAD}] }\n`));
    for (const text of [await press(), await type('list')]) {
      expect(text).toContain('can’t view');
      expect(text).not.toContain('Capacity');
    }
    expect(await home(OPERATOR, 'can’t view')).not.toContain('Links');
  });
});
