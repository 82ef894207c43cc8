import { median, type Row, rowOf } from '../row.ts';
import { type AppProcess, COMMAND, startBareBolt, startBot, withWorld } from './app-process.ts';
import { OPERATOR, ruleWith } from './people.ts';

const PAIRS = 5;

/** From the start of the process to the ack of its first command, so that what is only loaded then counts too. */
export function rows(): Promise<Row[]> {
  return withWorld(ruleWith(1), async ({ slack, ...world }) => {
    const firstAck = async (app: AppProcess) => {
      const from = performance.now();
      await slack.as(OPERATOR).command('C0OPS', COMMAND, 'help');
      const ms = performance.now() - from;
      await app.stop();
      return { ready: app.readyMs, all: app.readyMs + ms };
    };
    const ours: Awaited<ReturnType<typeof firstAck>>[] = [];
    const bare: typeof ours = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      ours.push(await firstAck(await startBot({ slack, ...world })));
      bare.push(await firstAck(await startBareBolt({ slack, ...world })));
    }
    const all = median(ours.map((one) => one.all));
    const listening = median(bare.map((one) => one.ready));
    return [
      rowOf({
        what: 'cold start to ready and the first command acked',
        figure: `${Math.round(all)} ms (ready ${Math.round(median(ours.map((one) => one.ready)))} ms) = ${(all / listening).toFixed(2)}`,
        yardstick: `a bare Bolt listening: ${Math.round(listening)} ms`,
        wanted: '≤ 2.5',
        good: all / listening <= 2.5,
      }),
    ];
  });
}
