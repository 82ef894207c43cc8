// Makes a fresh clone ready: needs Node and npm, nothing installed. Imported by test.mjs and demo.mjs.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const OLDEST_NODE = [20, 19];

/** Checks Node's version and installs the packages of the lock file where they are missing or others. Ends the process if it can't. */
export async function setUp() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    stop(
      `This needs Node.js ${OLDEST_NODE.join('.')} or newer, and this is ${process.versions.node}. See https://nodejs.org/`,
    );
  }
  if (await isInstalled()) return;
  process.stderr.write('Installing the packages of package-lock.json (npm ci) …\n');
  const { code, output } = await npm(['ci', '--include=dev', '--no-audit', '--no-fund'], 'pipe');
  if (code !== 0) stop(`${output}\nnpm ci failed (exit ${code}); its output is above.`);
}

/** Runs a script of package.json, its output shown. Ends the process with its exit code if it fails. */
export async function runScript(name) {
  const { code } = await npm(['run', '--silent', name], 'inherit');
  if (code !== 0) stop(`npm run ${name} failed (exit ${code}).`, code);
}

/** Runs a JavaScript file of the repository in Node, its output shown, and resolves with its exit code. */
export async function runNode(file, args) {
  const { code } = await run(process.execPath, [join(root, file), ...args], 'inherit');
  return code;
}

function npm(args, stdio) {
  // Set by npm when it runs a script; on Windows `npm` itself can't be spawned without a shell.
  const cli = process.env.npm_execpath;
  if (cli !== undefined && basename(cli) === 'npm-cli.js') return run(process.execPath, [cli, ...args], stdio);
  return run('npm', args, stdio, process.platform === 'win32');
}

function run(command, args, stdio, shell = false) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, shell, stdio: ['inherit', stdio, stdio] });
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

/** Whether node_modules holds what the lock file lists: by content, since times say little after a checkout or a copy. */
async function isInstalled() {
  const [wanted, found] = await Promise.all(
    ['package-lock.json', 'node_modules/.package-lock.json'].map(async (file) => {
      try {
        return JSON.parse(await readFile(join(root, file), 'utf8')).packages ?? {};
      } catch {
        return null;
      }
    }),
  );
  if (wanted === null) stop('package-lock.json is missing or damaged: restore it from the repository.');
  if (found === null) return false;
  const same = (path) =>
    found[path].version === wanted[path]?.version && found[path].integrity === wanted[path]?.integrity;
  // Optional ones are for other platforms where they are missing.
  const missing = ([path, { optional, devOptional }]) => path !== '' && !(path in found) && !optional && !devOptional;
  return Object.keys(found).every(same) && !Object.entries(wanted).some(missing);
}

function stop(message, code = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
