import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/logging/logger.ts';
import { loggedLedger } from '../../src/ops/logged-ledger.ts';
import type { RedisLedger } from '../../src/store/ledger/ledger.ts';
import { asked, asking, following, type OpenedLedger, openLedger, policyLoaded } from '../store/given-ledger.ts';

let opened: OpenedLedger;
let ledger: RedisLedger;
let lines: string[];

beforeEach(async () => {
  opened = await openLedger();
  lines = [];
  ledger = loggedLedger(
    opened.ledger,
    createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } }),
  );
});
afterEach(() => opened.close());

const told = () => lines.map((line): Record<string, unknown> => JSON.parse(line));

describe('a ledger that is logged', () => {
  it('says each record, with the request, the event, the place and the operation', async () => {
    const request = await asked(ledger, 1);
    await ledger.commit(following(request, 'denied'));
    await ledger.commit(policyLoaded('start'));
    expect(told()).toMatchObject([
      { level: 'info', request: request.id, event: 'requested', seq: 1, op: `ask:${request.id}` },
      { level: 'info', request: request.id, event: 'denied', seq: 2 },
      { level: 'info', request: null, event: 'policy.loaded', seq: 3, op: 'start' },
    ]);
  });

  it('says nothing of what was on record before, or was not taken', async () => {
    const request = await asked(ledger, 1);
    await ledger.commit(asking(1));
    await ledger.commit(following(request, 'denied'));
    expect((await ledger.commit(following(request, 'cancelled'))).kind).toBe('moved');
    expect(told().map(({ event }) => event)).toEqual(['requested', 'denied']);
  });
});
