import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How to start a Chromium: the program, and what its environment needs besides our own. */
export interface Chromium {
  command: string;
  env: Record<string, string>;
}

/** For Playwright's `args`: no sandbox, since tests run as root in containers, and not a word to anybody outside. */
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Without them emoji are boxes, and words whatever is there. */
const FONTS = ['fonts-liberation', 'fonts-noto-color-emoji'];
/** The shell has no window to draw: a tab opens in a third of the time. */
const SHELL = 'chromium-headless-shell';
const NAMES = [SHELL, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const FOLDER = join(import.meta.dirname, '../../node_modules/.cache/datasync-throttle/chromium');
const INSTALL_MS = 600_000;

/**
 * Finds a Chromium or Chrome, or sets up Debian's headless one: with apt-get as root, unpacked under node_modules/.cache
 * otherwise. Throws one sentence that says what was tried and what to do.
 */
export async function findOrInstallChromium(): Promise<Chromium> {
  const found = onThePath(NAMES) ?? (existsSync(MAC) ? MAC : null);
  if (found !== null) return { command: found, env: {} };
  const earlier = await unpackedIn(FOLDER);
  if (earlier !== null) return earlier;
  const tried = [`none of ${NAMES.join(', ')} is on the PATH`];
  if (onThePath(['apt-get']) !== null) {
    try {
      return process.getuid?.() === 0 ? await install() : await unpack();
    } catch (fault) {
      tried.push(`the distribution's package could not be used (${firstLine(fault)})`);
    }
  }
  throw new Error(`The tests of the page need Chromium, and ${tried.join(', and ')}: install Chromium or Chrome.`);
}

function onThePath(names: readonly string[]): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file)) ?? null;
}

async function install(): Promise<Chromium> {
  const options = {
    timeout: INSTALL_MS,
    maxBuffer: 2 ** 26,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  await run('apt-get', ['-q', 'update'], options);
  await run('apt-get', ['-q', '-y', '--no-install-recommends', 'install', SHELL, ...FONTS], options);
  const command = onThePath(NAMES);
  if (command === null) throw new Error('what was installed is not on the PATH');
  return { command, env: {} };
}

async function unpack(): Promise<Chromium> {
  const parent = join(FOLDER, '../..');
  await mkdir(parent, { recursive: true });
  const work = await mkdtemp(join(parent, 'chromium-setup-'));
  try {
    for (const file of await download(work)) await run('dpkg-deb', ['-x', file, join(work, 'root')]);
    await rename(join(work, 'root'), FOLDER);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const unpacked = await unpackedIn(FOLDER);
  if (unpacked === null) throw new Error('what was unpacked has no Chromium in it');
  return unpacked;
}

/** The packages that are missing here, by what an installation would install. The machine's own state stays as it is. */
async function download(work: string): Promise<string[]> {
  const [lists, archives, into] = ['state/lists/partial', 'cache/archives/partial', 'debs'].map((name) =>
    join(work, name),
  );
  for (const folder of [lists, archives, into]) await mkdir(folder ?? '', { recursive: true });
  const own = ['-o', `Dir::Cache=${join(work, 'cache')}`, '-o', `Dir::State=${join(work, 'state')}`];
  const apt = [
    ...own,
    '-o',
    'Dir::State::status=/var/lib/dpkg/status',
    '-o',
    'Debug::NoLocking=1',
    '-o',
    'APT::Sandbox::User=root',
    '-q',
  ];
  const options = { timeout: INSTALL_MS, maxBuffer: 2 ** 26, cwd: into };
  await run('apt-get', [...apt, 'update'], options);
  const { stdout } = await run(
    'apt-get',
    [...apt, '-s', '--no-install-recommends', 'install', SHELL, ...FONTS],
    options,
  );
  const missing = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name ?? '');
  await run('apt-get', [...apt, 'download', ...missing], options);
  return (await readdir(into ?? '')).filter((file) => file.endsWith('.deb')).map((file) => join(into ?? '', file));
}

async function unpackedIn(folder: string): Promise<Chromium | null> {
  const command = join(folder, 'usr/lib/chromium', SHELL);
  if (!existsSync(command)) return null;
  const lib = join(folder, 'usr/lib');
  const inside = (await readdir(lib, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const libraries = inside.map((entry) => join(lib, entry.name)).join(delimiter);
  return {
    command,
    env: {
      LD_LIBRARY_PATH: [libraries, process.env.LD_LIBRARY_PATH ?? ''].filter(Boolean).join(delimiter),
      // Where fontconfig looks for a person's own fonts.
      XDG_DATA_HOME: join(folder, 'usr/share'),
    },
  };
}

function firstLine(fault: unknown): string {
  const said = fault instanceof Error && 'stderr' in fault ? String(fault.stderr) : '';
  const line =
    said.split('\n').find((one) => one.startsWith('E:')) ?? (fault instanceof Error ? fault.message : String(fault));
  return line.split('\n')[0] ?? '';
}
