// Starts other programs for the scripts: their output, their signals, their exit codes.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What Node.js 22 needs to run TypeScript as it is, without a word about it on stderr; newer ones take it too. */
export const TYPESCRIPT = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];

/** Ends this process with a word. */
export function stop(message, code = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/** Runs npm. Output and exit code as of `run`. */
export function npm(args, stdio) {
  // Set by npm when it runs a script; on Windows `npm` itself can't be spawned without a shell.
  const cli = process.env.npm_execpath;
  if (cli !== undefined && basename(cli) === 'npm-cli.js') return run(process.execPath, [cli, ...args], stdio);
  return run('npm', args, stdio, { shell: process.platform === 'win32' });
}

/** Runs a program in the repository's root and resolves with its exit code and, where `stdio` is `pipe`, with what it printed. */
export function run(command, args, stdio, { shell = false, env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, shell, env, stdio: ['inherit', stdio, stdio] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    // A terminal sends Ctrl-C to the child as well; passing it on would make it two, and the second one cuts an orderly stop.
    const forward = (signal) => (process.stdin.isTTY === true && signal !== 'SIGTERM' ? undefined : child.kill(signal));
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    // npm hands SIGTERM to a shell that dies of it without a word to its child: without this the child would stay on alone.
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500);
    if (process.env.npm_lifecycle_event === undefined) clearInterval(watch);
    const done = (code, text) => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, forward);
      resolve({ code, output: text });
    };
    child.once('error', (error) => done(127, `${command}: ${error.message}`));
    child.once('close', (code, signal) => done(code ?? 128 + (constants.signals[signal] ?? 0), output));
  });
}
