import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

const USAGE = `npm run demo [-- --once]

Starts a Redis, a local Slack, a local AWS DataSync and the real bot on this machine, plays one request in the
terminal and leaves it all running until Ctrl-C. No Slack workspace, no AWS account, nothing outside this machine.

  --once   end after the play; exit 0 only if every step of it was seen to happen
  --help   this text

  REDIS_URL       use this Redis instead of starting one
  LOG_LEVEL       of the bot's log, which goes to a file: info if not set
  NO_COLOR        no colours
  DEMO_AWS_FAULT  what AWS does with the change: deny, throttle, internal, html503, reset, rejected, ignored-update
`;

/** The log of the last demo that failed; everything else of a demo is gone when it ends. */
const FAILED_LOG = fileURLToPath(new URL('../node_modules/.cache/datasync-throttle/demo-failed.log', import.meta.url));

/** Where the stage finds the terminal: its own stdout and stderr are the log file, so that nothing gets in between. */
const TERMINAL = { out: 3, err: 4 } as const;

// Everything is stopped by then: no timer that somebody forgot may hold the terminal.
process.exit(await main(process.argv.slice(2)));

async function main(given: string[]): Promise<number> {
  const options = readOptions(given);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n\n${USAGE}`);
    return 1;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const logFile = options['log-file'];
  if (logFile === undefined) return launch(given);
  const { runStage } = await import('./demo/stage.ts');
  const code = await runStage({ once: options.once, logFile, failedLog: FAILED_LOG, fds: TERMINAL });
  // Whoever started this process was killed: nobody else is there to do it.
  if (!process.connected) endFolder(dirname(logFile), code);
  return code;
}

function readOptions(args: string[]) {
  try {
    const boolean = { type: 'boolean', default: false } as const;
    return parseArgs({ args, options: { once: boolean, help: boolean, 'log-file': { type: 'string' } } }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Runs the demo in a process of its own, whose stdout is the log file, and resolves with its exit code. */
async function launch(given: string[]): Promise<number> {
  const folder = temporaryFolder('demo');
  let code = 1;
  try {
    code = await runChild(given, folder);
  } finally {
    endFolder(folder, code);
  }
  return code;
}

async function runChild(given: string[], folder: string): Promise<number> {
  const logFile = join(folder, 'bot.log');
  const log = openSync(logFile, 'a');
  const here = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [...process.execArgv, here, ...given, '--log-file', logFile], {
    // What it, or what it starts, puts into the temporary folder goes with this one.
    env: { ...withoutAws(process.env), TMPDIR: folder },
    stdio: ['inherit', log, log, process.stdout.fd, process.stderr.fd, 'ipc'],
  });
  closeSync(log);
  // By a message, not by the signal: a terminal's Ctrl-C has reached the child already, and a second signal means "at once".
  const stop = () => child.connected && child.send('stop');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}

/** Removes the demo's folder; after a failure its log is kept, in the place of the one before. */
function endFolder(folder: string, code: number): void {
  const logFile = join(folder, 'bot.log');
  if (code === 1 && existsSync(logFile)) {
    mkdirSync(dirname(FAILED_LOG), { recursive: true });
    copyFileSync(logFile, FAILED_LOG);
  }
  removeFolder(folder);
}

/** The demo can reach no real account, whatever profile or session this terminal has. */
function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('AWS_'));
  return { ...Object.fromEntries(kept), AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
}
