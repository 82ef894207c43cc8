import type { World } from '../../sandbox/local-world.ts';
import { visibleText } from '../../sandbox/slack/block-walk.ts';
import { median, type Row, rowOf } from '../row.ts';
import { type AppProcess, COMMAND, startBareBolt, startBot, withWorld } from './app-process.ts';
import { OPERATOR, ruleWith } from './people.ts';

const HELPS = 400;
const AT_ONCE = 8;
const PAIRS = 3;

/** Processor time of the app for one `help`, against a Bolt app that answers the same text by `respond()`. */
export function rows(): Promise<Row[]> {
  return withWorld(ruleWith(1), async (world) => {
    const perHelp: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
    for (let pair = 0; pair < PAIRS; pair++) {
      perHelp.ours.push(await cpuOf(world, await startBot(world)));
      const help = visibleText(world.slack.as(OPERATOR).ephemerals().at(-1) ?? { text: '' });
      perHelp.bare.push(await cpuOf(world, await startBareBolt(world, help)));
    }
    const [ours, bare] = [median(perHelp.ours), median(perHelp.bare)];
    return [
      rowOf({
        what: 'CPU of `help`',
        figure: `${ours.toFixed(2)} ms = ${(ours / bare).toFixed(2)}`,
        yardstick: `a bare Bolt with respond(): ${bare.toFixed(2)} ms`,
        wanted: '≤ 1.2',
        good: ours / bare <= 1.2,
      }),
    ];
  });
}

async function cpuOf(world: World, app: AppProcess): Promise<number> {
  await help(world, HELPS / 2);
  const before = app.cpuMs();
  await help(world, HELPS);
  const used = app.cpuMs() - before;
  await app.stop();
  return used / HELPS;
}

async function help({ slack }: World, count: number): Promise<void> {
  const olga = slack.as(OPERATOR);
  const before = olga.ephemerals().length;
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => olga.command('C0OPS', COMMAND, 'help')));
  }
  await slack.until(() => olga.ephemerals().length >= before + count, { timeoutMs: 600_000 });
}
