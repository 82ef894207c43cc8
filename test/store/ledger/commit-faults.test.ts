import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GROUP } from '../../../src/store/work/work-keys.ts';
import { LedgerLost, NotRecorded } from '../../../src/workflow/faults.ts';
import type { Change } from '../../../src/workflow/ports/commit.ts';
import {
  arnOf,
  asked,
  asking,
  type OpenedLedger,
  openLedger,
  policyLoaded,
  snapshot,
  verifiedLog,
} from '../given-ledger.ts';

let opened: OpenedLedger;

beforeEach(async () => {
  opened = await openLedger();
});
afterEach(() => opened.close());

const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, place) => from + place);

/** Of commits that were all begun at once: `committed`, `moved` … or the fault. */
async function outcomes(changes: readonly Change[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(changes.map((change) => opened.ledger.commit(change)));
  return settled.map((one) => (one.status === 'fulfilled' ? one.value.kind : one.reason));
}

describe('the key that says whose turn it is', () => {
  it.each([
    ['never expires', () => opened.redis.set(opened.keys.turn, 'another')],
    ['lasts longer than any turn', () => opened.redis.set(opened.keys.turn, 'another', 'PX', 3_600_000)],
    ['is of another type', () => opened.redis.lpush(opened.keys.turn, 'another')],
    [
      'is of another type and expires',
      async () => {
        await opened.redis.lpush(opened.keys.turn, 'another');
        await opened.redis.pexpire(opened.keys.turn, 400);
      },
    ],
  ])('holds nobody up where it %s', async (_, put) => {
    await asked(opened.ledger, 1);
    await put();
    expect(await outcomes(numbers(3, 2).map((number) => asking(number)))).toEqual(Array(3).fill('committed'));
    expect(await verifiedLog(opened)).toHaveLength(4);
  });

  it('is taken over from what is no turn', async () => {
    await asked(opened.ledger, 1);
    await opened.redis.lpush(opened.keys.turn, 'another');
    const other = await openLedger({ prefix: /^\{(.*?)\}/.exec(opened.keys.head)?.[1] ?? '' });
    const all = await Promise.all(
      [opened, other].flatMap(({ ledger }, place) =>
        numbers(200, 1000 * (place + 1)).map((number) => ledger.commit(asking(number))),
      ),
    );
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['committed']));
    expect(await verifiedLog(opened)).toHaveLength(401);
    other.close();
  });
});

describe('a commit that Redis can’t take', () => {
  it('for a text that is not well-formed is refused alone', async () => {
    await opened.redis.xgroup('CREATE', opened.keys.awsOutbox, GROUP, '$', 'MKSTREAM');
    const claim = { stream: 'aws' as const, entry: '1-1', consumer: 'bot \ud83d', deliveries: 1 };
    const inForce = { request: 'r-\udc00', version: 'r-\udc00:1' };
    const run = { execution: arnOf(3), run: null, storedVersion: null, lastSeq: 0, inForce };
    const all = await outcomes([asking(1), { ...asking(2), claim }, { ...asking(3), run }, asking(4)]);
    expect(all).toEqual(['committed', expect.any(Error), 'moved', 'committed']);
    expect(await verifiedLog(opened)).toHaveLength(2);
  });

  it('for a time that is none leaves nothing behind', async () => {
    await asked(opened.ledger, 1);
    const before = await snapshot(opened);
    const timers = [{ kind: 'expire' as const, at: new Date(Number.NaN) }];
    expect(await outcomes([{ ...asking(2), timers }])).toEqual([expect.any(Error)]);
    expect(await snapshot(opened)).toEqual(before);
    const all = await outcomes([asking(3), { ...asking(4), timers }, asking(5)]);
    expect(all).toEqual(['committed', expect.any(Error), 'committed']);
    expect((await verifiedLog(opened)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('for a record that lies where the next one would is told so, and so are those behind it', async () => {
    await asked(opened.ledger, 1);
    await opened.redis.xadd(opened.keys.audit, '5-0', 'b', 'foreign');
    const before = await snapshot(opened);
    expect(await outcomes(numbers(5, 2).map((number) => asking(number)))).toEqual(
      Array(5).fill(expect.any(NotRecorded)),
    );
    expect(await snapshot(opened)).toEqual(before);
  });

  it('for the log that is lost is told so, with all that wait', async () => {
    await asked(opened.ledger, 1);
    await opened.redis.del(opened.keys.audit, opened.keys.head);
    expect(await outcomes(numbers(70, 2).map((number) => asking(number)))).toEqual(
      Array(70).fill(expect.any(LedgerLost)),
    );
    expect(await opened.redis.exists(opened.keys.audit, opened.keys.head, opened.keys.turn)).toBe(0);
  });
});

describe('a commit', () => {
  it('keeps every text and every number as they are', async () => {
    const reasons = [
      '😀'.repeat(1500),
      '\u2028\u2029\u0000\u007f"\\\n'.repeat(300),
      '\ud83d alone \udc00',
      'é'.repeat(81),
    ];
    const rates = [2 ** 53 - 1, -1, 1, 104_857_600];
    const events = reasons.map((reason, place) => {
      const [event] = asking(place + 1).events;
      if (event?.event !== 'requested') throw new Error('no request');
      return { ...event, reason, from: rates[place] ?? 0, to: rates[(place + 1) % 4] ?? 0 };
    });
    const changes = events.map((event, place) => ({ ...asking(place + 1), events: [event] }));
    expect(await outcomes(changes)).toEqual(Array(4).fill('committed'));
    for (const { request, reason, from, to } of events) {
      expect((await opened.ledger.load(request ?? ''))?.request).toMatchObject({ reason, from, to });
    }
    expect(await verifiedLog(opened)).toHaveLength(4);
  });

  it('without a record leaves the log as it is', async () => {
    const at = new Date(1_800_000_000_000);
    const request = await asked(opened.ledger, 1);
    const timersOnly = (op: string) => ({ op, prior: request, events: [], timers: [{ kind: 'apply' as const, at }] });
    const all = await outcomes([asking(2), timersOnly('one'), asking(3), timersOnly('two'), timersOnly('one')]);
    expect(all).toEqual(['committed', 'committed', 'committed', 'committed', 'repeated']);
    expect(await verifiedLog(opened)).toHaveLength(3);
    expect(await opened.redis.zrange(opened.keys.timers, '0', '-1', 'WITHSCORES')).toEqual([
      JSON.stringify({ kind: 'apply', request: request.id }),
      String(at.getTime()),
    ]);
  });

  it('that is the first, and without a record, begins no log', async () => {
    expect(await outcomes([{ op: 'first', prior: null, events: [], effects: [] }])).toEqual(['committed']);
    expect(await opened.redis.exists(opened.keys.head, opened.keys.audit)).toBe(0);
    expect(await outcomes([policyLoaded('second')])).toEqual(['committed']);
    expect(await verifiedLog(opened)).toHaveLength(1);
  });

  it('that begins the log names it, also where an older version left a head without a record', async () => {
    await opened.redis.hset(opened.keys.head, { log: 'log-named', seq: '0', hash: '0'.repeat(64), at: '' });
    expect(await outcomes([asking(1), asking(2)])).toEqual(['committed', 'committed']);
    expect(await verifiedLog(opened)).toHaveLength(2);
  });
});
