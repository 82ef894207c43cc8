import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../src/domain/policy/policy.ts';
import { findTarget } from '../../../src/workflow/queries/find-target.ts';
import { listLacks, placelessRules, rulesIn, targetsOf } from '../../../src/workflow/queries/list-executions.ts';
import { listRunning, ruleFor, ruleNaming } from '../../../src/workflow/queries/list-running.ts';
import { createMeasuredRates } from '../../../src/workflow/queries/measured-rates.ts';
import { CHANNEL, policy, rule } from '../../domain/given.ts';
import { givenBot } from '../given-bot.ts';
import { sourceOf } from '../outside.ts';

/** Anybody may request by it, and it names neither accounts nor Regions. */
const FOR_LINKS = rule({ name: 'link', match: { links: ['dc1-wan'] }, requesters: null, role: null });

const given = givenBot({ match: { regions: ['eu-west-1'] } });

/** The bot with these rules. */
const depsOf = (rules: Rule[], defaultRegion: string | null = null) => ({
  ...given.bot.deps,
  policy: sourceOf(() => policy(...rules)),
  rates: createMeasuredRates(),
  defaultRegion,
});

describe('a rule for links', () => {
  it('has nothing searched for it, and lacks no Region', () => {
    expect(targetsOf({ rules: [FOR_LINKS] }, 'eu-west-1')).toEqual([]);
    expect(placelessRules([FOR_LINKS], null)).toEqual([]);
  });

  it('is no rule for executions, in no channel', () => {
    const { policy: made } = policy(FOR_LINKS);
    expect(rulesIn(made, CHANNEL)).toEqual([]);
    expect([ruleNaming(made, given.arn), ruleFor(made, given.arn, CHANNEL)]).toEqual([null, null]);
  });

  it('lists no execution, and allows no request for one', async () => {
    const ask = { user: 'U0OPER', channel: CHANNEL, from: 0, size: 10, withinMs: 5000 };
    const { world } = given;
    expect(await listRunning(depsOf([FOR_LINKS], 'eu-west-1'), ask)).toMatchObject({
      running: { total: 0, placeless: [] },
    });
    const both = await listRunning(depsOf([FOR_LINKS, world.rule]), ask);
    expect(both).toMatchObject({ running: { total: 1, placeless: [], rows: [{ mayRequest: true }] } });
    const other = await listRunning(depsOf([FOR_LINKS, world.rule]), { ...ask, user: 'U0NOBODY' });
    expect(other).toMatchObject({ running: { rows: [{ mayRequest: false }] } });
  });

  it('does not make a search incomplete, for who requests and for who views', async () => {
    for (const scope of ['request', 'view'] as const) {
      const target = { kind: 'name', name: 'no such task' } as const;
      const ask = { user: 'U0OPER', channel: CHANNEL, target, scope, wait: 'usual' } as const;
      expect(await findTarget(depsOf([FOR_LINKS, given.world.rule]), ask)).toMatchObject({
        kind: 'none',
        incomplete: false,
      });
    }
  });

  it('is not why a channel has executions, and its channels are no place to request for one', async () => {
    const there = { ...FOR_LINKS, match: { links: ['dc1-wan'], channels: ['C0LINKS'] } };
    const here = { ...given.world.rule, match: { ...given.world.rule.match, channels: [CHANNEL] } };
    expect(await listLacks(depsOf([there, here]), { user: 'U0OPER', channel: 'C0LINKS' })).toEqual([
      { kind: 'no-rule', channels: [CHANNEL] },
    ]);
    expect(await listLacks(depsOf([there, here]), { user: 'U0OPER', channel: CHANNEL })).toEqual([]);
  });
});
