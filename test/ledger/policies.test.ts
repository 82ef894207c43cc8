import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainEvent } from '../../src/domain/audit-record.ts';
import { createPolicies } from '../../src/ledger/policies.ts';
import { AUDIT_KEYS, type OpenedLedger, openLedger } from './given-ledger.ts';

let opened: OpenedLedger;

beforeEach(async () => {
  opened = await openLedger();
});
afterEach(() => opened.close());

const policies = () => createPolicies(opened.redis, opened.keys, { now: () => new Date() }, 'this one', AUDIT_KEYS);
async function load(digest: string): Promise<number> {
  const event = plainEvent('policy.loaded', { policy: digest });
  const committed = await opened.ledger.commit({ op: `load:${digest}`, prior: null, events: [event] });
  const seq = committed.kind === 'committed' ? (committed.records[0]?.seq ?? 0) : 0;
  await policies().setCurrent(digest, seq);
  return seq;
}

describe('a policy that is loaded', () => {
  it('is to be put on record, unless the log says that it was loaded last', async () => {
    expect(await policies().keep('a', 'text')).toBe(true);
    await load('a');
    expect(await policies().keep('a', 'text')).toBe(false);
    expect(await policies().keep('b', 'text')).toBe(true);
    await load('b');
    expect(await policies().keep('a', 'text')).toBe(true);
    expect(await policies().keep('b', 'text')).toBe(false);
  });

  it('is not kept off the record by what somebody writes to Redis', async () => {
    const seq = await load('a');
    await load('b');
    for (const planted of ['a', `a ${seq}`, 'c 2', 'a 99']) {
      await opened.redis.set(opened.keys.policyCurrent, planted);
      expect(await policies().keep(planted.slice(0, 1), 'text')).toBe(true);
    }
    await opened.redis.set(opened.keys.policyText('a'), 'another text');
    await policies().keep('a', 'text');
    expect(await opened.redis.get(opened.keys.policyText('a'))).toBe('text');
  });
});
