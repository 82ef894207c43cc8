import { describe, it } from 'vitest';
import { startLocalRedis } from '../../sandbox/redis.ts';
import { connect } from '../../src/store/connection/connection.ts';
import { asked } from '../store/given-ledger.ts';
import { givenLoops, openAt, opened, start, stopAll } from './given-loop.ts';

givenLoops();

describe('a Redis that goes away', () => {
  it('is waited for, and the work goes on when it is back', async () => {
    const redis = await startLocalRedis();
    await openAt(redis.url);
    const { told } = await start('a', {}, { url: redis.url });
    await asked(opened.ledger, 1, { effects: ['revert'] });
    await told(1);
    await redis.kill();
    await redis.start();
    await connect(opened.redis, 10_000);
    await asked(opened.ledger, 2, { effects: ['revert'] });
    await told(2);
    await stopAll();
    await redis.close();
  });
});
