import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How to start a Redis server: the program, and what its environment needs besides our own. */
export interface RedisCommand {
  command: string;
  env: Record<string, string>;
  version: string;
}

/** Scripts that start with `#!lua` need Redis 7; every Valkey has that. */
const MIN_MAJOR_VERSION = 7;
const SETTLED_FOLDER = fileURLToPath(new URL('../node_modules/.cache/datasync-throttle/redis', import.meta.url));

/** Where to look, and where to put what is set up. Everything has a default. */
export interface RedisBinaryOptions {
  /** Searched for `redis-server` and `valkey-server`; the PATH of this process if not given. */
  path?: string;
  /** The folder that a downloaded server ends up in. */
  folder?: string;
}

/**
 * Finds a Redis (or Valkey) of version 7 or later, or sets one up without root: the PATH, an earlier download, then
 * Debian's or Ubuntu's own packages unpacked under node_modules/.cache, then Homebrew. Several processes may do this at
 * once. Throws one sentence that says what was tried and what to do.
 */
export async function findOrInstallRedis(options: RedisBinaryOptions = {}): Promise<RedisCommand> {
  const path = options.path ?? process.env.PATH ?? '';
  const folder = options.folder ?? SETTLED_FOLDER;
  const onPath = await firstUsable(['redis-server', 'valkey-server'].flatMap((name) => onThePath(name, path)));
  if (onPath) return onPath;
  const earlier = await unpackedIn(folder);
  if (earlier) return earlier;
  const tried = [`no redis-server or valkey-server of version ${MIN_MAJOR_VERSION} or later is on the PATH`];
  if (onThePath('apt-get', path).length > 0 && onThePath('dpkg-deb', path).length > 0) {
    try {
      return await unpackDebianPackages(folder);
    } catch (error) {
      tried.push(`the distribution's packages could not be used (${firstLine(error)})`);
    }
  }
  if (onThePath('brew', path).length > 0) {
    try {
      return await installWithHomebrew();
    } catch (error) {
      tried.push(`Homebrew could not install it (${firstLine(error)})`);
    }
  }
  throw new Error(
    `A Redis server is needed, and ${tried.join(', and ')}: install Redis ${MIN_MAJOR_VERSION} or later, or set REDIS_URL to one that is running.`,
  );
}

function onThePath(name: string, path: string): string[] {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .filter((file) => existsSync(file));
}

async function firstUsable(commands: string[], env: Record<string, string> = {}): Promise<RedisCommand | null> {
  for (const command of commands) {
    const version = await versionOf(command, env);
    if (version !== null && Number.parseInt(version, 10) >= MIN_MAJOR_VERSION) return { command, env, version };
  }
  return null;
}

/** null where the program can't be run at all, which for a search means: not this one. */
async function versionOf(command: string, env: Record<string, string>): Promise<string | null> {
  try {
    await access(command, constants.X_OK);
    const { stdout } = await run(command, ['--version'], { env: { ...process.env, ...env }, timeout: 10_000 });
    return /\bv=(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}

async function unpackedIn(folder: string): Promise<RedisCommand | null> {
  if (!existsSync(folder)) return null;
  const libraries: string[] = [];
  for (const lib of [join(folder, 'usr', 'lib'), join(folder, 'lib')]) {
    if (!existsSync(lib)) continue;
    const inside = await readdir(lib, { withFileTypes: true });
    libraries.push(...inside.filter((entry) => entry.isDirectory()).map((entry) => join(lib, entry.name)), lib);
  }
  const inherited = process.env.LD_LIBRARY_PATH;
  const env = { LD_LIBRARY_PATH: [...libraries, ...(inherited ? [inherited] : [])].join(delimiter) };
  return firstUsable([join(folder, 'usr', 'bin', 'redis-server')], env);
}

async function unpackDebianPackages(folder: string): Promise<RedisCommand> {
  const parent = join(folder, '..');
  await mkdir(parent, { recursive: true });
  const work = await mkdtemp(join(parent, 'redis-setup-'));
  try {
    const files = await downloadDebianPackages(work);
    const root = join(work, 'root');
    for (const file of files) await run('dpkg-deb', ['-x', file, root]);
    // Debian ships the one program under three names, and its server name is only in the redis-server package.
    const server = join(root, 'usr', 'bin', 'redis-server');
    if (!existsSync(server)) await symlink('redis-check-rdb', server);
    if ((await unpackedIn(root)) === null) {
      throw new Error(`the redis-tools of this release is older than ${MIN_MAJOR_VERSION} or does not run here`);
    }
    return await settle(root, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A rename is atomic, so whoever comes first wins, and whoever comes later finds a whole folder. */
async function settle(root: string, folder: string): Promise<RedisCommand> {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      await rename(root, folder);
    } catch (error) {
      if (!isCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    }
    const settled = await unpackedIn(folder);
    if (settled) return settled;
    // What lies there is broken, by an interrupted clean-up for instance: out of the way with it.
    const broken = join(root, '..', `broken-${attempt}`);
    await rename(folder, broken).catch((error: unknown) => {
      if (!isCode(error, 'ENOENT')) throw error;
    });
  }
  throw new Error(`${folder} can't be replaced`);
}

/** First with the machine's own package lists, which is quick; they may be missing or old, so then with fresh ones. */
async function downloadDebianPackages(work: string): Promise<string[]> {
  const cache = ['-o', `Dir::Cache=${join(work, 'cache')}`, '-o', 'APT::Sandbox::User=root'];
  const state = ['-o', `Dir::State=${join(work, 'state')}`, '-o', 'Dir::State::status=/var/lib/dpkg/status'];
  await mkdir(join(work, 'cache', 'archives', 'partial'), { recursive: true });
  try {
    return await downloadWith(cache, join(work, 'quick'));
  } catch {
    await mkdir(join(work, 'state', 'lists', 'partial'), { recursive: true });
    await run('apt-get', [...cache, ...state, '-q', 'update'], { timeout: 180_000 });
    return await downloadWith([...cache, ...state], join(work, 'fresh'));
  }
}

async function downloadWith(options: string[], into: string): Promise<string[]> {
  await mkdir(into, { recursive: true });
  const { stdout } = await run('apt-cache', [...options, 'depends', 'redis-tools']);
  const needed = [...stdout.matchAll(/^\s*Depends: (lib\S+)$/gm)].map((match) => match[1] ?? '');
  const missing: string[] = [];
  // The C library must stay the machine's own; what is installed already need not be fetched.
  for (const name of needed) if (name !== 'libc6' && !(await isInstalled(name))) missing.push(name);
  await run('apt-get', [...options, '-q', 'download', 'redis-tools', ...missing], { cwd: into, timeout: 180_000 });
  return (await readdir(into)).filter((file) => file.endsWith('.deb')).map((file) => join(into, file));
}

async function isInstalled(name: string): Promise<boolean> {
  try {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own format
    const { stdout } = await run('dpkg-query', ['-W', '-f=${db:Status-Status}\n', name]);
    return stdout.split('\n').includes('installed');
  } catch {
    return false;
  }
}

async function installWithHomebrew(): Promise<RedisCommand> {
  const installed = async () => {
    const { stdout } = await run('brew', ['--prefix', 'redis']);
    return firstUsable([join(stdout.trim(), 'bin', 'redis-server')]);
  };
  const already = await installed();
  if (already) return already;
  await run('brew', ['install', 'redis'], { timeout: 600_000, maxBuffer: 64 * 1024 * 1024 });
  const fresh = await installed();
  if (!fresh) throw new Error('what it installed does not run');
  return fresh;
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

function firstLine(error: unknown): string {
  if (error instanceof Error && 'stderr' in error && typeof error.stderr === 'string') {
    const said = error.stderr.split('\n').find((line) => line.startsWith('E:'));
    if (said) return said.slice(2).trim();
  }
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
