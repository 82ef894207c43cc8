import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { World } from '../../sandbox/local-world.ts';
import { MAIN, ROOT } from '../command-line.ts';

/**
 * A bot of the world as a process of its own, which Slack's requests go to from now on. `says`: what it logs once its start is
 * over.
 */
export async function startBotProcess({ env, slack }: Pick<World, 'env' | 'slack'>, says = /^ready$/) {
  const aws = Object.entries(process.env).filter(([name]) => name.startsWith('AWS_'));
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...Object.fromEntries(aws), ...env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout);
  const port = await new Promise<number>((resolve, reject) => {
    lines.on('line', (line) => {
      const { msg, port } = JSON.parse(line) as { msg: string; port?: number };
      if (says.test(msg)) resolve(port ?? 0);
    });
    child.on('close', (code) => reject(new Error(`the bot ended with ${code}`)));
  });
  slack.connectBot({ requestUrl: `http://127.0.0.1:${port}/slack/events` });
  return {
    /** Without a warning. */
    async kill(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
