import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import type { Work } from '../../../src/workflow/ports/outbox.ts';
import { MIB } from '../../domain/given.ts';
import { givenBot } from '../given-bot.ts';
import { to } from '../given-grants.ts';
import type { Bot } from '../start-bot.ts';

/** Approvals are needed for raises, so that some requests wait for one. */
const RULE = {
  approvals: { lower: 0, raise: 1, unlimited: 1 },
  requesters: null,
  maxDurationSeconds: null,
  expiresInSeconds: 3600,
};
const MINUTE = 60;
const RUNS = 12;
/** More than any step leads to. */
const MAX_ROUNDS = 60;

const given = givenBot(RULE);

type Step =
  | { do: 'request'; mib: number; minutes: number | null; user: string }
  | { do: 'approve' | 'revert' | 'extend' | 'undo'; nth: number; user: string }
  | { do: 'wait'; minutes: number }
  | { do: 'change-outside'; mib: number }
  | { do: 'fail'; kind: 'internal' | 'lost-update' | 'reset' | 'throttle' }
  | { do: 'crash'; when: 'before' | 'after' };

const user = fc.constantFrom('U0OPER', 'U0LEAD', 'U0SECOND');
const nth = fc.nat(5);
const mib = fc.constantFrom(20, 30, 50, 80, 100, 150, 200, 400);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('request' as const),
      mib,
      minutes: fc.option(fc.integer({ min: 1, max: 90 })),
      user,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('approve' as const), nth, user }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('revert' as const, 'extend' as const, 'undo' as const), nth, user }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('change-outside' as const), mib }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      kind: fc.constantFrom('internal' as const, 'lost-update' as const, 'reset' as const, 'throttle' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
);

/** What the limit should be, worked out from the requests alone, without the run that the bot keeps. */
function expectedLimit(requests: readonly ThrottleRequest[], base: number, now: number): number {
  const applying = requests.find(({ status }) => status === 'applying');
  if (applying) return applying.to;
  const open = requests.filter(({ status, hold, drift }) => {
    if (status !== 'applied' || drift) return false;
    return hold === null || (hold.end === null && Date.parse(hold.dueAt) > now);
  });
  const inOrder = open.toSorted((one, other) => (one.ending?.at ?? '').localeCompare(other.ending?.at ?? ''));
  return inOrder.at(-1)?.to ?? base;
}

describe('whatever happens', () => {
  it('AWS is sent only what the limit should be, and one change at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const bots: Bot[] = [given.bot, await given.another()];
        const story = startStory(bots);
        for (const one of steps) await story.take(one);
        given.aws.recover();
        for (let round = 0; round < 6; round++) await story.take({ do: 'wait', minutes: 30 });
        expect(story.faults).toEqual([]);
        await story.end();
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});

/** One run of the property, on an execution whose limits from earlier ones are over. */
function startStory(bots: readonly Bot[]) {
  const [bot] = bots as [Bot, ...Bot[]];
  const ids: string[] = [];
  const faults: string[] = [];
  const started = given.aws.execution(given.arn).bytesPerSecond;
  let base = started;
  let inFlight = 0;
  let crash: 'before' | 'after' | null = null;
  const real = bots.map(({ deps }) => deps.executions);

  async function check(rate: number): Promise<void> {
    const requests = await Promise.all(ids.map((id) => bot.request(id)));
    const due = expectedLimit(requests, base, bot.clock.now().getTime());
    if (rate !== due) faults.push(`sent ${rate / MIB} where ${due / MIB} was due`);
  }

  for (const [place, one] of bots.entries()) {
    const executions = real[place] as Bot['deps']['executions'];
    one.deps.executions = {
      ...executions,
      async update(execution, rate, access) {
        inFlight += 1;
        if (inFlight > 1) faults.push('two changes at once');
        await check(rate);
        const now = crash;
        crash = null;
        try {
          if (now === 'before') throw new Error('killed');
          const answer = await executions.update(execution, rate, access);
          if (now === 'after') throw new Error('killed');
          return answer;
        } finally {
          inFlight -= 1;
        }
      },
    };
  }

  /** The pieces of work run at the same time, in both bots; what a killed one left is taken over by the other. */
  async function workAll(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      await bot.outbox.releaseDue();
      if ((await bot.redis.xlen(bot.keys.awsOutbox)) === 0) return;
      const abandoned = await bot.outbox.takeAbandoned(8);
      const works = abandoned.length > 0 ? abandoned : await bot.outbox.take(8);
      await Promise.all(works.map(perform));
    }
    faults.push('work without an end');
  }

  async function perform(work: Work, nth: number): Promise<void> {
    const by = bots[nth % bots.length] as Bot;
    const ran = await by.run(work).catch((fault: unknown) => {
      if (fault instanceof Error && fault.message === 'killed') return null;
      throw fault;
    });
    if (ran) await by.settle(work, ran);
  }

  const pick = (place: number) => ids[place % Math.max(1, ids.length)];

  async function take(one: Step): Promise<void> {
    switch (one.do) {
      case 'request': {
        const asked = await bot.ask({
          ...to(one.mib),
          user: one.user,
          durationSeconds: one.minutes === null ? null : one.minutes * MINUTE,
        });
        if (asked.kind === 'asked') ids.push(asked.request.id);
        break;
      }
      case 'wait':
        given.world.seconds += one.minutes * MINUTE;
        break;
      case 'change-outside':
        // To a rate that no bot ever sends.
        base = one.mib * MIB + 1;
        given.aws.setLimit(given.arn, base);
        break;
      case 'fail':
        given.aws.fail({ kind: one.kind, operation: 'UpdateTaskExecution', times: 1 });
        break;
      case 'crash':
        crash = one.when;
        break;
      default: {
        // One request of a run is open at a time: the last.
        const id = one.do === 'approve' ? ids.at(-1) : pick(one.nth);
        if (id === undefined) break;
        const made =
          one.do === 'approve'
            ? await bot.review(id, one.user)
            : one.do === 'revert'
              ? await bot.revertNow(id, one.user)
              : one.do === 'extend'
                ? await bot.extend(id, 10 * MINUTE, one.user)
                : await bot.undo(id, one.user);
        if (made.kind === 'asked') ids.push(made.request.id);
      }
    }
    await workAll();
  }

  return {
    faults,
    take,
    /** Ends what is still open, so that the next run begins with no grant. */
    async end(): Promise<void> {
      for (const [place, one] of bots.entries()) one.deps.executions = real[place] as Bot['deps']['executions'];
      given.aws.setLimit(given.arn, started === 300 * MIB ? 301 * MIB : 300 * MIB);
      given.world.seconds += 3600;
      await workAll();
    },
  };
}
