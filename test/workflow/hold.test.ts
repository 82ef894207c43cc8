import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import type { AskCommand } from '../../src/domain/ask-command.ts';
import type { Asked } from '../../src/workflow/request-throttle.ts';
import { MIB } from '../domain/given.ts';
import { verifiedLog } from '../ledger/given-ledger.ts';
import { type Bot, type Outside, outside, startAwsWithOne, startBot, updates } from './given-bot.ts';

const HOUR = 3600;
const FREE = {
  approvals: { lower: 0, raise: 0, unlimited: 0 },
  maxDurationSeconds: 2 * HOUR,
  expiresInSeconds: 3 * HOUR,
};

let aws: LocalDataSync;
let arn: string;
let world: Outside;
let bot: Bot;
let bots: Bot[];

beforeEach(async () => {
  ({ aws, arn } = await startAwsWithOne());
  world = outside(FREE);
  bot = await startBot(arn, world);
  bots = [bot];
});
afterEach(async () => {
  await verifiedLog(bot);
  for (const one of bots) one.close();
  await aws.stop();
  vi.unstubAllEnvs();
});

async function another(): Promise<Bot> {
  const one = await startBot(arn, world, bot.keys.head.slice(1, bot.keys.head.indexOf('}')));
  bots.push(one);
  return one;
}

function idOf(asked: Asked): string {
  if (asked.kind !== 'asked') throw new Error(JSON.stringify(asked));
  return asked.request.id;
}

/** Asked for an hour, and in force. */
async function held(changes: Partial<Omit<AskCommand, 'requester'>> = {}): Promise<string> {
  const id = idOf(await bot.ask({ durationSeconds: HOUR, ...changes }));
  await bot.work();
  return id;
}

function to(mib: number): Partial<AskCommand> {
  return { rate: { kind: 'absolute', bytesPerSecond: mib * MIB } };
}

const limit = () => aws.execution(arn).bytesPerSecond / MIB;
const sent = () => updates(aws).map(({ input }) => (input.Options as { BytesPerSecond: number }).BytesPerSecond / MIB);
/** The events since the limit came into force. */
const since = async () => (await bot.events()).slice(3);

describe('a limit for a while', () => {
  it('goes back to the rate from before when its time is over, once, read back', async () => {
    const id = await held();
    expect(await since()).toEqual(['revert.scheduled']);
    expect((await bot.request(id)).hold).toMatchObject({ base: 100 * MIB, role: null, sent: null, end: null });
    world.seconds += HOUR - 1;
    await bot.work();
    expect(limit()).toBe(50);
    world.seconds += 2;
    await bot.work();
    expect(limit()).toBe(100);
    world.seconds += HOUR;
    await bot.work();
    expect(sent()).toEqual([50, 100]);
    expect(await since()).toEqual(['revert.scheduled', 'revert.started', 'reverted']);
    expect((await bot.request(id)).hold?.end).toMatchObject({ how: 'reverted', rate: 100 * MIB });
    expect(bot.shown.map(({ kind }) => kind).slice(-3)).toContain('tell');
  });

  it('goes back to no limit at all, where that is what was', async () => {
    aws.setLimit(arn, -1);
    await held();
    world.seconds += HOUR;
    await bot.work();
    expect(aws.execution(arn).bytesPerSecond).toBe(-1);
  });

  it('is left alone where somebody has changed it since', async () => {
    const id = await held();
    aws.setLimit(arn, 7 * MIB);
    world.seconds += HOUR;
    await bot.work();
    expect(sent()).toEqual([50]);
    expect((await bot.request(id)).hold?.end).toMatchObject({ how: 'skipped', why: 'changed', rate: 7 * MIB });
    expect(await since()).toContain('revert.skipped');
  });

  it('is left alone where the run has ended, as soon as that is seen', async () => {
    const id = await held();
    aws.finish(arn, 'SUCCESS');
    world.seconds += 60;
    await bot.work();
    expect((await bot.request(id)).hold?.end).toMatchObject({ how: 'skipped', why: 'ended' });
    expect(await bot.ledger.inForceOf(arn)).toBeNull();
    world.seconds += HOUR;
    await bot.work();
    expect(await since()).toEqual(['revert.scheduled', 'revert.skipped']);
    expect(await bot.redis.zcard(bot.keys.timers)).toBe(0);
  });

  it('ends with another request that is applied, which inherits the rate from before', async () => {
    const first = await held();
    const second = await held({ ...to(30), durationSeconds: 2 * HOUR });
    expect((await bot.request(first)).hold?.end).toMatchObject({ how: 'skipped', why: 'replaced', replacedBy: second });
    expect((await bot.request(second)).hold).toMatchObject({ base: 100 * MIB });
    world.seconds += HOUR + 60;
    await bot.work();
    expect(limit()).toBe(30);
    world.seconds += HOUR;
    await bot.work();
    expect(limit()).toBe(100);
    expect(sent()).toEqual([50, 30, 100]);
  });

  it('ends with another request that has no time, and nothing is set back', async () => {
    await held();
    await held({ ...to(30), durationSeconds: null });
    world.seconds += 3 * HOUR;
    await bot.work();
    expect(sent()).toEqual([50, 30]);
  });

  it('ends with another request for a while that is itself the rate from before: nothing is set back twice', async () => {
    await held();
    const second = await held({ ...to(100), durationSeconds: HOUR });
    expect(await bot.request(second)).toMatchObject({ status: 'applied', hold: null });
    world.seconds += 2 * HOUR;
    await bot.work();
    expect(sent()).toEqual([50, 100]);
  });

  it('runs on where another request comes to nothing', async () => {
    await held();
    world.rule = { ...world.rule, approvals: { lower: 1, raise: 1, unlimited: 1 } };
    const second = idOf(await bot.ask(to(30)));
    world.seconds += HOUR;
    await bot.work();
    expect(limit()).toBe(100);
    expect(await bot.review(second, 'U0LEAD')).toMatchObject({ kind: 'decided', event: 'apply.stale' });
  });

  it('is warned of ten minutes before, whatever else is told of it and tried again meanwhile', async () => {
    const id = await held();
    aws.setLimit(arn, 7 * MIB);
    world.seconds += 40;
    await bot.outbox.releaseDue();
    const [watch] = await bot.outbox.take(1);
    if (!watch) throw new Error('no watch');
    await bot.settle(watch, await bot.run(watch));
    aws.setLimit(arn, 50 * MIB);
    // Another bot is at the card just then.
    for (const work of await bot.outbox.take(8))
      await bot.settle(work, { kind: 'later', seconds: 0.5, why: 'try again' });
    world.seconds += 1;
    await bot.work();
    world.seconds += 301;
    await bot.work();
    expect((await since()).filter((event) => event === 'drift.detected')).toHaveLength(2);
    const before = bot.said(id);
    world.seconds += HOUR - 600 - 343;
    await bot.work();
    expect(bot.said(id)).toEqual(before);
    world.seconds += 2;
    await bot.work();
    expect(bot.said(id)).toEqual([...before, `warn ${(await bot.request(id)).hold?.dueAt}`]);
  });

  it('goes back when AWS takes calls again, and is not said to be on its way before', async () => {
    const id = await held();
    aws.fail({ kind: 'throttle', operation: 'UpdateTaskExecution' });
    world.seconds += HOUR;
    await bot.work();
    expect((await bot.request(id)).hold?.sent).toMatchObject({ attempt: 1, putOff: { why: 'throttled' } });
    expect(limit()).toBe(50);
    aws.recover();
    world.seconds += 10;
    await bot.work();
    expect((await bot.request(id)).hold?.end).toMatchObject({ how: 'reverted' });
    expect(limit()).toBe(100);
  });

  it('says that AWS does not let the bot set it back', async () => {
    const id = await held();
    aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution' });
    world.seconds += HOUR;
    await bot.work();
    expect((await bot.request(id)).hold?.end).toMatchObject({ how: 'failed', why: 'denied' });
    expect(limit()).toBe(50);
  });
});

describe('with two bots', () => {
  it('one killed between the intent and the change: the other sets it back, once', async () => {
    const id = await held();
    bot.deps.executions = { ...bot.deps.executions, update: () => Promise.reject(new Error('killed')) };
    world.seconds += HOUR;
    await expect(bot.work()).rejects.toThrow('killed');
    expect((await bot.request(id)).hold?.sent).toMatchObject({ attempt: 1 });
    const next = await another();
    for (const work of await next.outbox.takeAbandoned(8)) await next.settle(work, await next.run(work));
    expect(sent()).toEqual([50]);
    world.seconds += 61;
    await next.work();
    expect(limit()).toBe(100);
    expect(sent()).toEqual([50, 100]);
    expect(await since()).toEqual(['revert.scheduled', 'revert.started', 'revert.started', 'reverted']);
  });

  it('one killed after the change: the other reads back, and sends nothing', async () => {
    const id = await held();
    const real = bot.deps.executions;
    bot.deps.executions = {
      ...real,
      update: async (...call) => {
        await real.update(...call);
        throw new Error('killed');
      },
    };
    world.seconds += HOUR;
    await expect(bot.work()).rejects.toThrow('killed');
    const next = await another();
    for (const work of await next.outbox.takeAbandoned(8)) await next.settle(work, await next.run(work));
    await next.work();
    expect((await bot.request(id)).hold?.end).toMatchObject({ how: 'reverted' });
    expect(sent()).toEqual([50, 100]);
  });

  it('never sets back while another change is on its way', async () => {
    await held();
    const second = idOf(await bot.ask({ ...to(30), durationSeconds: null }));
    const real = bot.deps.executions;
    // The second change waits for AWS; the first one's time is over meanwhile.
    let answer = () => {};
    const gate = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let began = () => {};
    const begun = new Promise<void>((resolve) => {
      began = resolve;
    });
    bot.deps.executions = {
      ...real,
      update: async (...call) => {
        began();
        await gate;
        return real.update(...call);
      },
    };
    const applying = bot.work();
    await begun;
    world.seconds += HOUR;
    const next = await another();
    await next.outbox.releaseDue();
    for (const work of await next.outbox.take(8)) await next.settle(work, await next.run(work));
    expect(sent()).toEqual([50]);
    answer();
    await applying;
    world.seconds += 60;
    await next.work();
    expect(sent()).toEqual([50, 30]);
    expect((await bot.request(second)).status).toBe('applied');
  });

  describe('keeps the rate from before where another change is at AWS already, and not on record', () => {
    /** Runs `meanwhile` with AWS showing the second limit and its worker waiting for the answer; then both end. */
    async function whileAtAws(meanwhile: (first: string, next: Bot) => Promise<void>) {
      const first = await held();
      const second = idOf(await bot.ask({ ...to(30), durationSeconds: 2 * HOUR }));
      const real = bot.deps.executions;
      let answer = () => {};
      const gate = new Promise<void>((resolve) => {
        answer = resolve;
      });
      let arrived = () => {};
      const atAws = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      bot.deps.executions = {
        ...real,
        update: async (...call) => {
          const done = await real.update(...call);
          arrived();
          await gate;
          return done;
        },
      };
      const applying = bot.work();
      await atAws;
      const next = await another();
      await meanwhile(first, next);
      await next.outbox.releaseDue();
      for (const work of await next.outbox.take(8)) await next.settle(work, await next.run(work));
      expect((await bot.request(first)).hold?.end).toBeNull();
      aws.recover();
      answer();
      await applying;
      bot.deps.executions = real;
      world.seconds += 2;
      await bot.work();
      const hold = (await bot.request(first)).hold;
      expect(hold?.end).toMatchObject({ how: 'skipped', why: 'replaced', replacedBy: second });
      world.seconds += 2 * HOUR;
      await bot.work();
      expect(limit()).toBe(100);
      expect(sent()).toEqual([50, 30, 100]);
    }

    it('when the time is over', () =>
      whileAtAws(async () => {
        world.seconds += HOUR;
      }));

    it('when somebody wants it back now', () =>
      whileAtAws(async (first, next) => {
        expect(await next.revertNow(first, 'U0LEAD')).toMatchObject({ kind: 'reverting' });
      }));

    it('when AWS lets nobody look just then', () =>
      whileAtAws(async () => {
        world.seconds += HOUR;
        aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' });
      }));
  });
});

describe('Revert now', () => {
  it('is for the requester and whoever could decide, and sets it back at once', async () => {
    const id = await held();
    expect(await bot.revertNow(id, 'U0NOBODY')).toMatchObject({
      kind: 'refused',
      refusal: { why: 'may-not-revert', requester: 'U0OPER' },
    });
    expect(await bot.revertNow(id, 'U0GUEST')).toMatchObject({ kind: 'refused' });
    expect(await bot.revertNow(id, 'U0LEAD')).toMatchObject({ kind: 'reverting' });
    await bot.work();
    expect(limit()).toBe(100);
    expect(await since()).toEqual([
      'revert.scheduled',
      'decision.refused',
      'decision.refused',
      'revert.scheduled',
      'revert.started',
      'reverted',
    ]);
    expect((await bot.request(id)).hold?.by).toMatchObject({ user: 'U0LEAD' });
    expect(await bot.revertNow(id, 'U0OPER')).toEqual({ kind: 'refused', refusal: { why: 'not-held' } });
    expect(sent()).toEqual([50, 100]);
  });

  it('is for the requester too, whoever may decide', async () => {
    const id = await held();
    expect(await bot.revertNow(id, 'U0OPER')).toMatchObject({ kind: 'reverting' });
  });
});

describe('Extend', () => {
  it('is a request of its own that only moves the end', async () => {
    const first = await held();
    world.seconds += HOUR / 2;
    const more = idOf(await bot.extend(first, HOUR));
    await bot.work();
    expect(await bot.request(more)).toMatchObject({ status: 'applied', hold: { base: 100 * MIB, end: null } });
    const extendedUntil = (await bot.request(more)).hold?.dueAt;
    expect((await bot.request(first)).hold?.end).toMatchObject({
      how: 'skipped',
      why: 'replaced',
      replacedBy: more,
      extendedUntil,
    });
    expect(extendedUntil).toBeDefined();
    world.seconds += HOUR;
    await bot.work();
    expect(limit()).toBe(50);
    world.seconds += HOUR / 2 + 1;
    await bot.work();
    expect(limit()).toBe(100);
    expect(sent()).toEqual([50, 100]);
  });

  it('needs as many approvals as the limit did, and the time runs on meanwhile', async () => {
    const first = await held();
    world.rule = { ...world.rule, approvals: { lower: 1, raise: 0, unlimited: 0 } };
    const more = idOf(await bot.extend(first, HOUR));
    expect((await bot.request(more)).status).toBe('pending');
    world.seconds += HOUR;
    await bot.work();
    expect(limit()).toBe(100);
    expect(await bot.review(more, 'U0LEAD')).toMatchObject({ kind: 'decided', event: 'apply.stale' });
  });

  it('counts all the time against the most that is allowed', async () => {
    const first = await held();
    world.seconds += HOUR / 2;
    expect(await bot.extend(first, HOUR + 60)).toMatchObject({
      kind: 'refused',
      refusal: { why: 'duration-too-long', asked: 2 * HOUR + 60, max: 2 * HOUR, held: HOUR },
    });
    const more = idOf(await bot.extend(first, HOUR));
    await bot.work();
    expect(await bot.extend(more, 60)).toMatchObject({ kind: 'refused', refusal: { why: 'duration-too-long' } });
  });

  it('never undoes that somebody wants it back now, though both come at once', async () => {
    const first = await held();
    const more = idOf(await bot.extend(first, HOUR));
    const next = await another();
    const real = bot.deps.ledger;
    let clicked: Promise<unknown> | null = null;
    // The click comes between the look at the time that runs and the commit which lengthens it.
    bot.deps.ledger = {
      ...real,
      async commit(change) {
        if (change.events.some(({ event }) => event === 'applied')) clicked ??= next.revertNow(first, 'U0LEAD');
        await clicked;
        return real.commit(change);
      },
    };
    await bot.work();
    world.seconds += 2;
    await bot.work();
    expect(await clicked).toMatchObject({ kind: 'reverting' });
    expect(limit()).toBe(100);
    expect((await bot.request(first)).hold?.end).toMatchObject({ how: 'reverted' });
    expect(await bot.request(more)).toMatchObject({ status: 'stale', hold: null });
  });

  it('leaves nothing to want back on the card of what it lengthened', async () => {
    const first = await held();
    const extended = await bot.extend(first, HOUR);
    for (const work of await bot.outbox.take(8)) if (work.effect.kind === 'apply') await bot.run(work);
    expect((await bot.request(idOf(extended))).status).toBe('applied');
    expect((await bot.request(first)).hold?.end).toBeNull();
    expect(await bot.revertNow(first, 'U0LEAD')).toEqual({ kind: 'refused', refusal: { why: 'not-held' } });
  });

  it('is refused where somebody has changed the limit since, with what is in force now', async () => {
    const id = await held();
    aws.setLimit(arn, 7 * MIB);
    const refusal = { why: 'cannot-extend', set: 50 * MIB, current: 7 * MIB };
    expect(await bot.extend(id, 60)).toMatchObject({ kind: 'refused', refusal });
  });

  it('is refused where no time runs', async () => {
    const id = await held({ durationSeconds: null });
    expect(await bot.extend(id, 60)).toMatchObject({ kind: 'refused', refusal: { why: 'not-held' } });
  });
});

describe('undo', () => {
  it('asks for the rate from before, and ends the time that runs', async () => {
    const first = await held();
    const undo = idOf(await bot.undo(first));
    expect(await bot.request(undo)).toMatchObject({ from: 50 * MIB, to: 100 * MIB, undoes: first });
    await bot.work();
    world.seconds += 2 * HOUR;
    await bot.work();
    expect(limit()).toBe(100);
    expect(sent()).toEqual([50, 100]);
  });

  it('is decided by the policy as any other', async () => {
    const first = await held();
    world.rule = { ...world.rule, approvals: { lower: 0, raise: 1, unlimited: 0 } };
    const undo = idOf(await bot.undo(first));
    expect((await bot.request(undo)).status).toBe('pending');
    expect(await bot.undo(first, 'U0NOBODY')).toMatchObject({ kind: 'refused', refusal: { why: 'may-not-ask' } });
  });

  it('is refused where somebody has changed it since, and where nothing was set', async () => {
    const first = await held({ durationSeconds: null });
    aws.setLimit(arn, 7 * MIB);
    const problem = { kind: 'changed', set: 50 * MIB, current: 7 * MIB };
    expect(await bot.undo(first)).toMatchObject({ kind: 'refused', refusal: { why: 'cannot-undo', problem } });
    expect(await bot.undo('r-0000000000')).toMatchObject({ refusal: { problem: { kind: 'unknown' } } });
    world.rule = { ...world.rule, approvals: { lower: 1, raise: 1, unlimited: 1 } };
    const pending = idOf(await bot.ask(to(30)));
    expect(await bot.undo(pending)).toMatchObject({ refusal: { problem: { kind: 'not-applied', status: 'pending' } } });
  });
});

describe('the watch', () => {
  const looks = () => aws.calls.filter(({ operation }) => operation === 'DescribeTaskExecution').length;

  it('follows an execution once, however many requests it had, and stops at its end', async () => {
    await held({ durationSeconds: null });
    const second = await held({ ...to(30), durationSeconds: null });
    world.seconds += 400;
    await bot.work();
    await (await another()).work();
    const before = looks();
    world.seconds += 301;
    await bot.work();
    await bots[1]?.work();
    expect(looks() - before).toBe(1);
    expect(bot.shown.filter(({ kind }) => kind === 'watch').at(-1)).toMatchObject({ request: second });
    aws.finish(arn, 'SUCCESS');
    world.seconds += 301;
    await bot.work();
    expect(await bot.redis.zcard(bot.keys.timers)).toBe(0);
    expect(await bot.ledger.inForceOf(arn)).toBeNull();
  });

  it('keeps the card counting down where AWS does not let the bot look, or does not answer', async () => {
    const id = await held();
    const shown = () => bot.shown.filter(({ kind, request }) => kind === 'watch' && request === id).length;
    for (const [kind, seconds] of [
      ['reset', 31],
      ['deny', 301],
    ] as const) {
      aws.recover();
      aws.fail({ kind, operation: 'DescribeTaskExecution' });
      world.seconds += 31;
      await bot.work();
      const before = shown();
      world.seconds += seconds;
      await bot.work();
      expect(shown()).toBe(before + 1);
    }
  });

  it('puts somebody else’s change on record once, and again when it changes again', async () => {
    const id = await held({ durationSeconds: null });
    const step = async (mib: number) => {
      aws.setLimit(arn, mib * MIB);
      for (let looked = 0; looked < 2; looked++) {
        world.seconds += 301;
        await bot.work();
      }
    };
    await step(7);
    expect(await since()).toEqual(['drift.detected']);
    expect((await bot.request(id)).drift).toMatchObject({ rate: 7 * MIB });
    await step(8);
    await step(50);
    expect(await since()).toEqual(['drift.detected', 'drift.detected', 'drift.detected']);
  });

  it('says nothing of our own changes', async () => {
    await held();
    world.seconds += HOUR;
    await bot.work();
    world.seconds += 301;
    await bot.work();
    await held(to(30));
    world.seconds += 301;
    await bot.work();
    expect(await bot.events()).not.toContain('drift.detected');
  });
});
