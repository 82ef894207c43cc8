import { describe, expect, it } from 'vitest';
import { forwardClock } from '../forward-clock.ts';
import { COMMAND, givenWorld, LEAD, OPERATOR, POLICY, shows } from '../world.ts';

/** Everybody who looks here is named beside the groups. */
const NAMED = `viewers: { users: [${OPERATOR}, ${LEAD}], groups: [S0OPS, S0LEADS] }
${POLICY.replace('{ users: [U0AUDIT, U0LEAD] }', `{ users: [${OPERATOR}, ${LEAD}], groups: [S0OPS, S0LEADS] }`)
  .replace('{ groups: [S0OPS] }', `{ users: [${OPERATOR}], groups: [S0OPS] }`)
  .replace('{ groups: [S0LEADS] }', `{ users: [${LEAD}], groups: [S0LEADS] }`)}`;

const { clock, pass } = forwardClock();
const at = givenWorld({ policy: NAMED, serve: { clock } });

/** The groups that Slack is asked for while something is done, by a bot that remembers none from before. */
async function asked(act: () => Promise<unknown>): Promise<unknown[]> {
  pass(61);
  const before = at().slack.calls.length;
  await act();
  const calls = at().slack.calls.slice(before);
  return calls.filter(({ method }) => method === 'usergroups.users.list').map(({ args }) => args.usergroup);
}

const say = (words: string) => () =>
  at().told(OPERATOR, () => at().slack.as(OPERATOR).command('C0OPS', COMMAND, words));

describe('user groups are not read for who is named', () => {
  it('among the requesters: in the list, in the status of an execution and in the form', async () => {
    const { slack, arn } = at();
    expect(await asked(say('list'))).toEqual([]);
    expect(await asked(say(`status ${arn}`))).toEqual([]);
    const olga = slack.as(OPERATOR);
    await olga.command('C0OPS', COMMAND, '');
    const form = await slack.until(() => olga.views().find((view) => JSON.stringify(view).includes('external_select')));
    expect(await asked(() => olga.suggest(form, 'execution', ''))).toEqual([]);
    await olga.close(form);
  });

  it('among the viewers, the readers of the log and the approvers: on the Home tab, and among the requests', async () => {
    const { slack, ask, execution } = at();
    await ask(execution());
    const opened = async () => {
      await slack.as(LEAD).openHome();
      await slack.until(() => shows(slack.as(LEAD).home() ?? {}, 'For you to decide* (1)'));
    };
    expect(await asked(opened)).toEqual([]);
    expect(await asked(say('requests'))).toEqual([]);
  });
});
