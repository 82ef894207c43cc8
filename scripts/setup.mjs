// Makes a fresh clone ready: needs Node 20 or newer with npm, and nothing installed. Imported by test.mjs and demo.mjs.
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { OLDEST_NODE, ownOrInstalledNode } from './node-release.mjs';
import { npm, root, run, stop, TYPESCRIPT } from './process.mjs';

/** Node on which this script itself can start. */
const OLDEST_STARTER = 20;

/**
 * Installs the packages of the lock file where they are missing or others, then sees to Node.js: where this one is older
 * than the product needs, or is not of the `major` that was asked for, the calling script runs again on one that is kept
 * beside the packages, and this process ends with its exit code. Ends the process if something can't be had.
 */
export async function setUp(major = null) {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_STARTER) {
    stop(
      `This needs Node.js ${OLDEST_NODE.join('.')} or newer. This is ${process.versions.node}: see https://nodejs.org/`,
    );
  }
  if (!(await isInstalled())) {
    process.stderr.write('Installing the packages of package-lock.json (npm ci) …\n');
    const { code, output } = await npm(['ci', '--include=dev', '--no-audit', '--no-fund'], 'pipe');
    if (code !== 0) stop(`${output}\nnpm ci failed (exit ${code}); its output is above.`);
  }
  const node = await ownOrInstalledNode(major);
  if (node === process.execPath) return;
  // First on the PATH too, for the tools that are started by name.
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) };
  const { code } = await run(node, process.argv.slice(1), 'inherit', { env });
  process.exit(code);
}

/** Runs a script of package.json, its output shown. Ends the process with its exit code if it fails. */
export async function runScript(name) {
  const { code } = await npm(['run', '--silent', name], 'inherit');
  if (code !== 0) stop(`npm run ${name} failed (exit ${code}).`, code);
}

/** Runs a TypeScript file of the repository in Node, its output shown, and resolves with its exit code. */
export async function runTypeScript(file, args) {
  const { code } = await run(process.execPath, [...TYPESCRIPT, join(root, file), ...args], 'inherit');
  return code;
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
