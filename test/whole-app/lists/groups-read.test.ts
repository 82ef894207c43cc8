import { describe, expect, it } from 'vitest';
import { ACCOUNT, COMMAND, givenWorld, LEAD, OPERATOR, POLICY, shows } from '../world.ts';

/** Rules of other accounts, each with groups of its own: nothing of theirs runs or waits. */
const OTHERS = Array.from(
  { length: 12 },
  (_, nth) => `
  - name: other-${nth}
    match: { accounts: ["99999999${1000 + nth}"], regions: [us-east-1], channels: [C0OPS] }
    requesters: { groups: [S0ASK${nth}] }
    approvers: { groups: [S0MAY${nth}] }
    approvals: 1
`,
).join('');

const at = givenWorld({ policy: `${POLICY}${OTHERS}` });

/** The groups that Slack is asked for while something is done. */
async function asked(act: () => Promise<unknown>): Promise<string[]> {
  const { slack } = at();
  const before = slack.calls.length;
  await act();
  const calls = slack.calls.slice(before).filter(({ method }) => method === 'usergroups.users.list');
  return [...new Set(calls.map(({ args }) => String(args.usergroup)))].sort();
}

const home = (user: string, words: string) => async () => {
  const { slack } = at();
  await slack.as(user).openHome();
  await slack.until(() => {
    const view = slack.as(user).home();
    return view && shows(view, words);
  });
};

describe('user groups are read', () => {
  it('for a home tab where nothing is open: none', async () => {
    expect(at().arn).toContain(ACCOUNT);
    expect(await asked(home(LEAD, 'Nothing waits for you'))).toEqual([]);
  });

  it('for the list: those that tell who may request what stands on the page', async () => {
    const { slack, told } = at();
    expect(await asked(() => told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, 'list')))).toEqual([
      'S0OPS',
    ]);
  });

  it('for open requests: those that tell who decides these, once for all who look', async () => {
    const { slack, ask, execution, told } = at();
    await ask(execution());
    const look = async () => {
      await told(LEAD, () => slack.as(LEAD).command('C0OPS', COMMAND, 'requests'));
      await home('U0LEAD2', 'For you to decide* (1)')();
      await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, 'requests'));
    };
    const groups = await asked(look);
    expect(groups.filter((group) => group !== 'S0LEADS')).toEqual([]);
    expect(await asked(look)).toEqual([]);
  });
});
