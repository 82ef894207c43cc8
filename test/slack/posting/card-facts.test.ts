import { describe, expect, it } from 'vitest';
import { createCardFacts } from '../../../src/slack/posting/card-facts.ts';
import { MIB } from '../../domain/given.ts';
import { givenBot, idOf } from '../../workflow/given-bot.ts';
import { FREE } from '../../workflow/given-grants.ts';

const given = givenBot(FREE);

const reads = () => given.aws.calls.filter(({ operation }) => operation === 'DescribeTaskExecution').length;

/** The limit on the card of a request, as this bot shows it, in MiB/s, and how many calls of AWS that took. */
async function shown(id: string) {
  const { factsOf } = createCardFacts({ ...given.bot.deps, seal: (request) => request });
  const stored = await given.bot.ledger.load(id);
  if (!stored) throw new Error(`no request ${id}`);
  const before = reads();
  const { execution } = await factsOf(stored, null);
  return { limit: (execution?.bytesPerSecond ?? 0) / MIB, calls: reads() - before };
}

describe('the facts of a card', () => {
  it('are those that were read for the request, and for the result', async () => {
    const id = idOf(await given.bot.ask());
    expect(await shown(id)).toEqual({ limit: 100, calls: 0 });
    await given.bot.work();
    expect(await shown(id)).toEqual({ limit: 50, calls: 0 });
  });

  it('are read again where they are more than a few seconds old', async () => {
    const id = idOf(await given.bot.ask());
    await given.bot.work();
    given.world.seconds += 5;
    expect(await shown(id)).toEqual({ limit: 50, calls: 0 });
    given.world.seconds += 1;
    expect(await shown(id)).toEqual({ limit: 50, calls: 1 });
  });

  it('are read again where another bot has changed the limit since, so that nobody is said to have changed it', async () => {
    const other = await given.another();
    const id = idOf(await other.ask());
    expect(await shown(id)).toEqual({ limit: 100, calls: 1 });
    await other.work();
    expect(await shown(id)).toEqual({ limit: 50, calls: 1 });
    expect(await shown(id)).toEqual({ limit: 50, calls: 0 });
  });
});
