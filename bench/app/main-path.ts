import { median, quantile, type Row, rowOf } from '../row.ts';
import { startBot, withWorld } from './app-process.ts';
import { callsOf, nextUpdate, request, result, review, ruleWith, startExecution } from './people.ts';

const REQUESTS = 25;
/** The first ones find nothing compiled. */
const WARM_UP = 5;

/** From the approver's click to the change of the limit, and what a request asks of AWS until its result is shown. */
export function rows(): Promise<Row[]> {
  return withWorld(ruleWith(1), async (world) => {
    const bot = await startBot(world);
    const ms: number[] = [];
    const calls: { describe: number; update: number }[] = [];
    for (let nth = 0; nth < REQUESTS; nth++) {
      const arn = startExecution(world, `archive-${nth}`);
      const card = await request(world, arn);
      const submit = await review(world, card);
      const leaving = nextUpdate(world, arn);
      const from = performance.now();
      await submit();
      ms.push((await leaving) - from);
      await result(world, card);
      calls.push({
        describe: callsOf(world, 'DescribeTaskExecution', arn),
        update: callsOf(world, 'UpdateTaskExecution', arn),
      });
    }
    await bot.stop();
    const warm = ms.slice(WARM_UP);
    const describe = Math.max(...calls.map((one) => one.describe));
    const update = Math.max(...calls.map((one) => one.update));
    return [
      rowOf({
        what: 'approve click → UpdateTaskExecution leaves, p50',
        figure: `${median(warm).toFixed(1)} ms (p90 ${quantile(warm, 0.9).toFixed(1)} ms)`,
        yardstick: 'everything on loopback, a rule without a role',
        wanted: '≤ 20 ms',
        good: median(warm) <= 20,
      }),
      rowOf({
        what: 'AWS calls of one applied request, the most of all',
        figure: `${describe} Describe, ${update} Update`,
        yardstick: `${REQUESTS} requests, from the command to the result in the thread`,
        wanted: '≤ 4 and 1',
        good: describe <= 4 && update === 1,
      }),
    ];
  });
}
