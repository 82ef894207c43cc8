import { describe, expect, it } from 'vitest';
import { listLacks } from '../../../src/workflow/queries/list-executions.ts';
import { CHANNEL, policy } from '../../domain/given.ts';
import { givenBot } from '../given-bot.ts';
import { sourceOf } from '../outside.ts';

const given = givenBot();

/** What the list lacks for somebody, where one person alone sees all. */
function lacks(user: string, channel: string) {
  const made = policy(given.world.rule);
  const current = () => ({ ...made, policy: { ...made.policy, viewers: { users: ['U0VIEW'], groups: [] } } });
  return listLacks({ ...given.bot.deps, policy: sourceOf(current), defaultRegion: null }, { user, channel });
}

describe('what the list of executions lacks', () => {
  it('names rules, Regions and roles only to people who may request by them', async () => {
    expect(await lacks('U0OPER', CHANNEL)).toEqual([{ kind: 'no-region', rules: ['production'] }]);
    expect(await lacks('U0NOBODY', CHANNEL)).toEqual([]);
  });

  it('names other channels to them alone too', async () => {
    expect(await lacks('U0OPER', 'C0OTHER')).toEqual([{ kind: 'no-rule', channels: [CHANNEL] }]);
    expect(await lacks('U0NOBODY', 'C0OTHER')).toEqual([{ kind: 'no-rule', channels: [] }]);
  });
});
