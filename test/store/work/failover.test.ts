import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { asked, asking, openLedger, verifiedLog } from '../given-ledger.ts';
import { addWork, gets, startWorker } from '../given-worker.ts';
import { startLossyProxy } from '../lossy-proxy.ts';
import { type RedisServer, startPair, startSentinelGroup, until } from '../redis-servers.ts';

const toEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

const isPrimary = async ({ admin }: RedisServer) => (await admin.info('replication')).includes('role:master');

describe('one address whose primary changes behind it', () => {
  it('is connected to anew by commands and by the blocking read, and nothing acknowledged is lost', async () => {
    const { primary, replica, close } = await startPair();
    toEnd.push(close);
    const proxy = await startLossyProxy(`redis://127.0.0.1:${primary.port}`);
    toEnd.push(proxy.close);
    const opened = await openLedger({ url: proxy.url });
    toEnd.push(opened.close);
    const worker = await startWorker(proxy.url);
    toEnd.push(worker.stop);
    await asked(opened.ledger, 1);
    await addWork(worker, 'before');
    await gets(worker, 'before', 30_000);
    // WAIT counts from the last write of its own connection on.
    await primary.admin.set('all-before', '1');
    await primary.admin.wait(1, 10_000);

    // Those that are connected stay with the demoted one.
    proxy.leadTo(`redis://127.0.0.1:${replica.port}`);
    await replica.admin.replicaof('NO', 'ONE');
    await primary.admin.replicaof('127.0.0.1', replica.port);

    await until(async () => (await opened.ledger.commit(asking(2))).kind === 'committed', 20_000);
    await addWork(worker, 'after');
    await gets(worker, 'after', 20_000);
    expect(await replica.admin.hget(opened.keys.head, 'seq')).toBe('2');
    await asked(opened.ledger, 3);
    expect(await verifiedLog(opened)).toHaveLength(3);
  });
});

describe('a failover that Sentinel was told to make', () => {
  it('loses at most the write that was in flight, and the next ones go to the new primary', async () => {
    const group = await startSentinelGroup();
    toEnd.push(group.close);
    const opened = await openLedger({ url: group.url });
    toEnd.push(opened.close);
    const worker = await startWorker(group.url);
    toEnd.push(worker.stop);

    const acknowledged: string[] = [];
    const writing = new AbortController();
    const written = (async () => {
      for (let number = 1; !writing.signal.aborted; number++) {
        const made = await opened.ledger.commit(asking(number)).catch(() => null);
        if (made?.kind === 'committed') acknowledged.push(made.state?.id ?? '');
        await sleep(10);
      }
    })();
    await until(async () => acknowledged.length > 20);
    await until(async () => (await group.sentinel.admin.call('SENTINEL', 'FAILOVER', 'main')) === 'OK');
    await until(() => isPrimary(group.replica));
    const atPromotion = acknowledged.length;
    const onTheNew = { redis: group.replica.admin, keys: opened.keys };
    // Well before the sentinel makes a replica of the old one, which takes it ten seconds.
    await until(async () => {
      const seq = Number(await group.replica.admin.hget(opened.keys.head, 'seq'));
      return seq > atPromotion + 20;
    }, 8000);
    writing.abort();
    await written;

    const kept = new Set((await verifiedLog(onTheNew)).map(({ request }) => request));
    expect(acknowledged.filter((id) => !kept.has(id)).length).toBeLessThanOrEqual(1);
    expect(opened.ledger.lost()).toBeNull();
    await addWork(worker, 'after');
    await gets(worker, 'after', 20_000);
  });
});
