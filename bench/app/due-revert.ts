import { setTimeout as sleep } from 'node:timers/promises';
import { type Row, rowOf } from '../row.ts';
import { COMMAND, startBot, withWorld } from './app-process.ts';
import { nextUpdate, OPERATOR, request, ruleWith, startExecution } from './people.ts';

const WATCHED = 100;
const DUE_MS = 60_000;
const WANTED_MS = 2000;
/** Requests that come while Slack hangs, so that there is something that it doesn't answer. */
const ASKING = 10;
const JUST_BEFORE_MS = 3000;

/** A limit that ends while Slack hangs and 100 other executions with a limit are watched. */
export function rows(): Promise<Row[]> {
  return withWorld(ruleWith(0), async (world) => {
    const bot = await startBot(world);
    for (let nth = 0; nth < WATCHED; nth++) {
      const arn = startExecution(world, `archive-${nth}`);
      const applied = nextUpdate(world, arn);
      await request(world, arn, '50MiB/s for 2h');
      await applied;
    }
    const arn = startExecution(world);
    const applied = nextUpdate(world, arn);
    await request(world, arn, '50MiB/s for 1m');
    const due = (await applied) + DUE_MS;
    // By then the record and the timer of the revert are written.
    await sleep(DUE_MS / 2);
    world.slack.outage({ kind: 'hang' });
    await sleep(due - JUST_BEFORE_MS - performance.now());
    for (let nth = 0; nth < ASKING; nth++) {
      void world.slack.as(OPERATOR).command('C0OPS', COMMAND, `${startExecution(world, `more-${nth}`)} 50MiB/s for 2h`);
    }
    const late = (await nextUpdate(world, arn)) - due;
    const hanging = world.slack.hanging();
    world.slack.recover();
    await bot.stop();
    return [
      rowOf({
        what: 'a revert that is due leaves after its time',
        figure: `${Math.round(late)} ms`,
        yardstick: `Slack hangs (${hanging} calls), ${WATCHED} executions watched`,
        wanted: `≤ ${WANTED_MS} ms`,
        good: late <= WANTED_MS,
      }),
    ];
  });
}
