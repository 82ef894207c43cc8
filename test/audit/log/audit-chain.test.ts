import { describe, expect, it } from 'vitest';
import { createKeys } from '../../../src/store/connection/keys.ts';
import { at } from '../../domain/given.ts';
import {
  asked,
  asking,
  following,
  freshPrefix,
  openLedger,
  policyLoaded,
  verifiedLog,
} from '../../store/given-ledger.ts';

describe('the chain', () => {
  it('begins at 1 after 64 zeros, and holds over all that is written', async () => {
    const opened = await openLedger();
    const request = await asked(opened.ledger, 1);
    await opened.ledger.commit(policyLoaded('p'));
    await opened.ledger.commit(following(request, 'denied'));
    const records = await verifiedLog(opened);
    expect(records.map(({ event }) => event)).toEqual(['requested', 'policy.loaded', 'denied']);
    opened.close();
  });

  it('never goes back in time, though the clock does', async () => {
    let looks = 0;
    const opened = await openLedger({ clock: { now: () => at(100 - 10 * looks++) } });
    for (let number = 1; number <= 5; number++) await asked(opened.ledger, number);
    const records = await verifiedLog(opened);
    expect(new Set(records.map((record) => record.at)).size).toBe(1);
    opened.close();
  });

  it('has no gap after 64 parallel commits through one process', async () => {
    const opened = await openLedger();
    const committed = await Promise.all(
      Array.from({ length: 64 }, (_, number) => opened.ledger.commit(asking(number))),
    );
    expect(committed.every(({ kind }) => kind === 'committed')).toBe(true);
    expect(await verifiedLog(opened)).toHaveLength(64);
    opened.close();
  });

  it('goes on after a commit that failed', async () => {
    const opened = await openLedger();
    const { redis, keys, ledger } = opened;
    await redis.lpush(keys.request('r-0000000001'), 'broken');
    const results = await Promise.allSettled([0, 1, 2].map((number) => ledger.commit(asking(number))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await verifiedLog(opened)).toHaveLength(2);
    opened.close();
  });

  it('is one chain for several processes: who finds its head moved goes on from there', async () => {
    const prefix = freshPrefix();
    const processes = await Promise.all([1, 2, 3].map(() => openLedger({ prefix })));
    const all = processes.flatMap(({ ledger }, place) =>
      Array.from({ length: 30 }, (_, number) => ledger.commit(asking(place * 100 + number))),
    );
    for (const { kind } of await Promise.all(all)) expect(kind).toBe('committed');
    const [first] = processes;
    if (!first) throw new Error('no process');
    expect(await verifiedLog(first)).toHaveLength(90);
    expect(processes.map(({ ledger }) => ledger.lost())).toEqual([null, null, null]);
    for (const opened of processes) opened.close();
  });

  it('gives one operation to one of two processes', async () => {
    const prefix = freshPrefix();
    const [one, two] = await Promise.all([openLedger({ prefix }), openLedger({ prefix })]);
    const kinds = (await Promise.all([one.ledger.commit(asking(1)), two.ledger.commit(asking(1))])).map(
      ({ kind }) => kind,
    );
    expect(kinds.sort()).toEqual(['committed', 'repeated']);
    expect(await verifiedLog(one)).toHaveLength(1);
    one.close();
    two.close();
  });

  it('keeps text of any alphabet byte for byte', async () => {
    const opened = await openLedger();
    const change = asking(1);
    const [event] = change.events;
    await opened.ledger.commit({
      ...change,
      events: [{ ...event, reason: '線路が混む 🚚 \u0000"\\' } as (typeof change.events)[0]],
    });
    expect(await verifiedLog(opened)).toHaveLength(1);
    expect((await opened.ledger.load('r-0000000001'))?.request.reason).toBe('線路が混む 🚚 \u0000"\\');
    opened.close();
  });
});

describe('keys', () => {
  it('lie in one hash slot', () => {
    const keys = createKeys('dst');
    const all = Object.values(keys).map((key) =>
      typeof key === 'string' ? key : (key as (...parts: string[]) => string)('a', 'b'),
    );
    for (const key of all) expect(key.startsWith('{dst}:')).toBe(true);
    expect(new Set(all).size).toBe(all.length);
  });
});
