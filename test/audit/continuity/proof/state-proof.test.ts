import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ThrottleRequest } from '../../../../src/domain/request/throttle-request.ts';
import type { RedisLedger } from '../../../../src/store/ledger/ledger.ts';
import { LedgerLost } from '../../../../src/workflow/faults.ts';
import { asked, following, type OpenedLedger, openLedger, policyLoaded } from '../../../store/given-ledger.ts';

let opened: OpenedLedger;
beforeEach(async () => {
  opened = await openLedger();
});
afterEach(() => opened.close());

const provenAs = (request: ThrottleRequest) => ({ kind: 'proven', stored: { request } });

/** What another process finds, which reads the log for the first time. */
async function proofBy(find: (ledger: RedisLedger) => Promise<unknown>): Promise<unknown> {
  const prefix = opened.keys.head.slice(1, opened.keys.head.indexOf('}'));
  const other = await openLedger({ prefix });
  try {
    return await find(other.ledger);
  } finally {
    other.close();
  }
}

/** The proof, once the log is read. */
async function prove(ledger: RedisLedger, request: ThrottleRequest) {
  await expect.poll(async () => (await ledger.prove(request.id)).kind).not.toBe('waiting');
  return ledger.prove(request.id);
}

describe('a stored state and the log', () => {
  it('agree while requests are made, changed and ended, also where another process wrote', async () => {
    const request = await asked(opened.ledger, 1);
    expect(await opened.ledger.prove(request.id)).toMatchObject(provenAs(request));
    expect(await proofBy((ledger) => prove(ledger, request))).toMatchObject(provenAs(request));
    const committed = await opened.ledger.commit(following(request, 'cancelled'));
    if (committed.kind !== 'committed' || !committed.state) throw new Error(committed.kind);
    expect(await opened.ledger.prove(request.id)).toMatchObject(provenAs(committed.state));
    expect(opened.ledger.proof.wrong()).toEqual([]);
  });

  it('agree that there is no such request', async () => {
    await asked(opened.ledger, 1);
    expect(await opened.ledger.prove('r-0000000000')).toEqual({ kind: 'proven', stored: null });
  });

  it('say that the log is lost while it does not have what this process knows', async () => {
    const request = await asked(opened.ledger, 1);
    await opened.ledger.commit(policyLoaded('p'));
    await opened.redis.xdel(opened.keys.audit, '2-0');
    await expect(opened.ledger.prove(request.id)).rejects.toThrow(LedgerLost);
    expect(opened.ledger.proof.wrong()).toEqual([]);
  });

  it('are compared once a long log is read, in the background', async () => {
    const request = await asked(opened.ledger, 1);
    await Promise.all(Array.from({ length: 1200 }, (_, count) => opened.ledger.commit(policyLoaded(`p:${count}`))));
    const before = await proofBy(async (ledger) => {
      expect(await ledger.prove(request.id)).toEqual({ kind: 'waiting', why: 'the audit log is being read' });
      await expect.poll(() => ledger.proof.isReading()).toBe(false);
      return ledger.prove(request.id);
    });
    expect(before).toMatchObject(provenAs(request));
  });
});

describe('a record that is missing or altered', () => {
  it.each([
    ['missing', () => opened.redis.xdel(opened.keys.audit, '2-0')],
    [
      'altered',
      async () => {
        const [[, fields] = ['', []]] = await opened.redis.xrangeBuffer(opened.keys.audit, '2-0', '2-0');
        const later = await opened.redis.xrangeBuffer(opened.keys.audit, '3-0', '+');
        await opened.redis.xtrim(opened.keys.audit, 'MAXLEN', 1);
        await opened.redis.del(opened.keys.audit);
        for (const [id, those] of [
          ['1-0', first],
          ['2-0', [...fields.slice(0, 5), Buffer.alloc(32), ...fields.slice(6)]],
          ...later,
        ] as const) {
          await opened.redis.xadd(opened.keys.audit, String(id), ...those);
        }
      },
    ],
  ])('%s: what began before is not proven, what began after it is', async (_, damage) => {
    const before = await asked(opened.ledger, 1);
    [[, first] = ['', []]] = await opened.redis.xrangeBuffer(opened.keys.audit, '1-0', '1-0');
    await opened.ledger.commit(policyLoaded('p'));
    const after = await asked(opened.ledger, 2);
    await damage();
    const found = await proofBy(async (ledger) => ({
      before: await prove(ledger, before),
      after: await prove(ledger, after),
      wrong: ledger.proof.wrong().length,
    }));
    expect(found).toMatchObject({
      before: { kind: 'contradicted', why: expect.stringMatching(/^its records are not proven, since record [23] /) },
      after: provenAs(after),
      wrong: 1,
    });
  });
  let first: Buffer[] = [];
});
