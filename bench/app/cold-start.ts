import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { World } from '../../sandbox/local-world.ts';
import { removeFolder, temporaryFolder } from '../../sandbox/temporary-folder.ts';
import { median, type Row, rowOf } from '../row.ts';
import { type AppProcess, COMMAND, startBareBolt, startBot, withWorld } from './app-process.ts';
import { OPERATOR, ruleWith } from './people.ts';

const PAIRS = 5;
const WANTED = 2.5;

/**
 * From the start of the process to the ack of its first command, so that what is only loaded then counts too. Once with no
 * compiled code kept from an earlier start, and once with what the image brings (`NODE_COMPILE_CACHE` in the Dockerfile).
 */
export function rows(): Promise<Row[]> {
  return withWorld(ruleWith(1), async (world) => {
    const folder = await compiledCode();
    const plain = withEnv(world, { NODE_DISABLE_COMPILE_CACHE: '1' });
    const cached = withEnv(world, { NODE_COMPILE_CACHE: folder });
    const starts = { plain: [] as Start[], cached: [] as Start[], bare: [] as Start[], bareCached: [] as Start[] };
    for (let pair = 0; pair < PAIRS; pair++) {
      starts.plain.push(await firstAck(world, await startBot(plain)));
      starts.bare.push(await firstAck(world, await startBareBolt(plain)));
      starts.cached.push(await firstAck(world, await startBot(cached)));
      starts.bareCached.push(await firstAck(world, await startBareBolt(cached)));
    }
    removeFolder(folder);
    const bare = readyMs(starts.bare);
    const withoutCache = `a bare Bolt listening, without it too: ${Math.round(bare)} ms`;
    return [
      rowOfStarts(
        'cold start to ready and the first command acked, without compiled code',
        starts.plain,
        bare,
        withoutCache,
      ),
      rowOfStarts(
        'the same with compiled code, as in the image',
        starts.cached,
        bare,
        `${withoutCache}; with it: ${Math.round(readyMs(starts.bareCached))} ms`,
      ),
    ];
  });
}

interface Start {
  readyMs: number;
  ackedMs: number;
  cpuMs: number;
}

async function firstAck({ slack }: World, app: AppProcess): Promise<Start> {
  const from = performance.now();
  await slack.as(OPERATOR).command('C0OPS', COMMAND, 'help');
  const ackedMs = app.readyMs + performance.now() - from;
  const cpuMs = app.cpuMs();
  await app.stop();
  return { readyMs: app.readyMs, ackedMs, cpuMs };
}

const readyMs = (starts: readonly Start[]) => median(starts.map((one) => one.readyMs));

function rowOfStarts(what: string, starts: readonly Start[], bareMs: number, yardstick: string): Row {
  const acked = median(starts.map((one) => one.ackedMs));
  const cpu = median(starts.map((one) => one.cpuMs));
  const times = `ready ${Math.round(readyMs(starts))} ms, CPU ${Math.round(cpu)} ms`;
  return rowOf({
    what,
    figure: `${Math.round(acked)} ms (${times}) = ${(acked / bareMs).toFixed(2)}`,
    yardstick,
    wanted: `≤ ${WANTED}`,
    good: acked / bareMs <= WANTED,
  });
}

function withEnv(world: World, more: Record<string, string>): World {
  return { ...world, env: { ...world.env, ...more } };
}

/** Compiled code of the bot, made by the commands that make it in the image, and of the bare Bolt. */
async function compiledCode(): Promise<string> {
  const folder = temporaryFolder('compiled');
  const env = { ...process.env, NODE_COMPILE_CACHE: folder };
  const run = (...words: string[]) => promisify(execFile)(process.execPath, words, { env });
  await run('dist/main.js', '--help');
  await run('--eval', 'import("./dist/commands/run-serve.js")');
  return folder;
}
