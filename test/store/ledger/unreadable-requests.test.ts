import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RequestUnreadable } from '../../../src/workflow/faults.ts';
import { arnOf, asked, following, type OpenedLedger, openLedger } from '../given-ledger.ts';

let opened: OpenedLedger;
let told: string[];

beforeEach(async () => {
  told = [];
  opened = await openLedger({ onUnreadable: ({ request }) => told.push(request) });
});
afterEach(() => opened.close());

describe.each<[string, (state: Record<string, unknown>) => string]>([
  ['a status that is not known here', (state) => JSON.stringify({ ...state, status: 'paused' })],
  ['a field of another type', (state) => JSON.stringify({ ...state, to: '50' })],
  ['a field that is absent', (state) => JSON.stringify({ ...state, requester: undefined })],
  ['text that is no JSON', () => '{'],
])('a stored request with %s', (_, changed) => {
  it('can’t be loaded, and hides no other', async () => {
    const { ledger, redis, keys } = opened;
    const broken = await asked(ledger, 1);
    const other = await asked(ledger, 2);
    for (const [number, { id }] of [broken, other].entries()) {
      await redis.hset(keys.inForce, arnOf(number + 1), `${id}:1`);
    }
    await redis.hset(keys.inForce, arnOf(3), 'r-0000000003:1');
    const before = await redis.hget(keys.request(broken.id), 'state');
    await redis.hset(keys.request(broken.id), 'state', changed({ ...broken }));

    await expect(ledger.load(broken.id)).rejects.toThrow(RequestUnreadable);
    expect((await ledger.openRequests()).map(({ request }) => request.id)).toEqual([other.id]);
    expect((await ledger.limitsInForce()).map(({ request }) => request.id)).toEqual([other.id]);
    // Of the third one nothing is stored: its execution is released, and the one that can't be read keeps its own.
    expect((await redis.hkeys(keys.inForce)).sort()).toEqual([arnOf(1), arnOf(2)]);
    expect(await ledger.commit(following(other, 'cancelled'))).toMatchObject({ kind: 'committed' });
    expect(told).toEqual([broken.id]);
    expect(ledger.unreadable()).toEqual([broken.id]);

    await redis.hset(keys.request(broken.id), 'state', before ?? '');
    expect((await ledger.openRequests()).map(({ request }) => request.id)).toEqual([broken.id]);
    expect(ledger.unreadable()).toEqual([]);
  });
});
