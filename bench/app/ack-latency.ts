import { Worker } from 'node:worker_threads';
import type { World } from '../../sandbox/local-world.ts';
import { median, quantile, type Row, rowOf } from '../row.ts';
import { type AppProcess, COMMAND, startBareBolt, startBot, withWorld } from './app-process.ts';
import { ruleWith } from './people.ts';

const EVERY_MS = 10;
const ACKS = 1000;
const WARM_UP = 300;
const PAIRS = 3;

/** Acknowledgements of a signed command, 100 a second, against a Bolt app that does nothing else. */
export function rows(): Promise<Row[]> {
  return withWorld(ruleWith(1), async (world) => {
    const p99: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
    for (let pair = 0; pair < PAIRS; pair++) {
      p99.ours.push(await p99Of(world, await startBot(world)));
      p99.bare.push(await p99Of(world, await startBareBolt(world)));
    }
    const [ours, bare] = [median(p99.ours), median(p99.bare)];
    return [
      rowOf({
        what: 'ack of a signed command, 100/s, p99',
        figure: `${ours.toFixed(1)} ms = ${(ours / bare).toFixed(2)}`,
        yardstick: `a bare Bolt that acks: ${bare.toFixed(1)} ms`,
        wanted: '≤ 2',
        good: ours / bare <= 2,
      }),
    ];
  });
}

async function p99Of(world: World, app: AppProcess): Promise<number> {
  const { slack } = world;
  const { team, app: installed } = slack.seed;
  const fields = {
    ...{ command: COMMAND, user_id: 'U0LEAD', team_id: team.id, api_app_id: installed.appId, channel_id: 'C0OPS' },
    response_url: `${slack.apiUrl}nowhere`,
  };
  const workerData = { url: app.url, secret: installed.signingSecret, fields, everyMs: EVERY_MS };
  const probe = new Worker(new URL('../ack-probe.ts', import.meta.url), { workerData });
  const ms: number[] = [];
  await new Promise<void>((resolve, reject) => {
    probe.on('error', reject);
    probe.on('message', (one: number) => {
      if (ms.push(one) === WARM_UP + ACKS) resolve();
    });
  });
  await probe.terminate();
  await app.stop();
  return quantile(ms.slice(WARM_UP), 0.99);
}
