import { describe, expect, it } from 'vitest';
import { openReview } from '../../../src/workflow/commands/open-review.ts';
import { MIB } from '../../domain/given.ts';
import { givenBot, idOf } from '../given-bot.ts';

const given = givenBot();

const pending = async () => idOf(await given.bot.ask());

describe('opening the review', () => {
  const open = (request: string, user: string, op = `open ${request} ${user}`) =>
    openReview(given.bot.deps, { request, user, op });

  it('shows the approver the current state, and records nothing', async () => {
    const id = await pending();
    expect(await open(id, 'U0LEAD')).toMatchObject({
      kind: 'open',
      needed: 1,
      rule: { name: 'production' },
      execution: { status: 'TRANSFERRING', bytesPerSecond: 100 * MIB },
    });
    expect(await given.bot.events()).toEqual(['requested']);
  });

  it('is refused on record to others, and ends a request that is no longer valid', async () => {
    const id = await pending();
    expect(await open(id, 'U0OPER')).toMatchObject({ kind: 'refused', refusal: { why: 'may-not-decide' } });
    given.aws.setLimit(given.arn, 5 * MIB);
    expect(await open(id, 'U0LEAD')).toMatchObject({ kind: 'decided', event: 'apply.stale' });
    expect(await open(id, 'U0LEAD', 'again')).toMatchObject({ refusal: { why: 'not-open', status: 'stale' } });
    expect(await given.bot.events()).toEqual(['requested', 'decision.refused', 'apply.stale', 'decision.refused']);
  });

  it('ends an overdue request', async () => {
    const id = await pending();
    given.world.seconds = 1800;
    expect(await open(id, 'U0LEAD')).toMatchObject({ kind: 'decided', event: 'expired' });
  });
});
