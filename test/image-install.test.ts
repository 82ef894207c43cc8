import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './command-line.ts';

const run = promisify(execFile);
const MINUTES = 10 * 60_000;
const MANY_LINES = { maxBuffer: 16 * 1024 * 1024 };

/** What only the sandbox, the tests and the build use. */
const NOT_INSTALLED = [
  '@datasync-throttle/sandbox',
  'react',
  'react-dom',
  'emulate',
  'esbuild',
  'playwright-core',
  'axe-core',
  'ws',
  'vitest',
  'typescript',
  'tsx',
];

/** Imports each of the program's modules but the one that starts it. */
const LOAD_ALL = `
  import { readdirSync } from 'node:fs';
  const files = readdirSync('dist', { recursive: true }).filter((file) => file.endsWith('.js') && file !== 'main.js');
  for (const file of files) await import(process.cwd() + '/dist/' + file);
  console.log(files.length + ' loaded');`;

describe('what the image installs', () => {
  let folder: string;
  const inside = (words: string[]) => run(process.execPath, words, { cwd: folder });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-image-'));
    const image = (await readFile(join(ROOT, 'Dockerfile'), 'utf8')).split(/^FROM /m).at(-1) ?? '';
    const [, files = ''] = /^COPY (package.*) \.\/$/m.exec(image) ?? [];
    const [, install = ''] = /^RUN npm (ci [^&]*)/m.exec(image) ?? [];
    for (const file of files.split(' ')) await cp(join(ROOT, file), join(folder, file));
    await run('npm', [...install.trim().split(' '), '--prefer-offline'], {
      cwd: folder,
      env: { ...ownSettings(process.env), NODE_ENV: 'production' },
      shell: process.platform === 'win32',
    });
    await cp(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  }, MINUTES);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has compiled code of all that a start loads, also where nothing can be written', async () => {
    const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
    const [, commands = ''] = /sh -c \\\n\s*'([^']+)'/.exec(dockerfile) ?? [];
    const cache = join(folder, 'compile-cache');
    const env = { ...ownSettings(process.env), NODE_COMPILE_CACHE: cache };
    await run('sh', ['-c', commands], {
      cwd: folder,
      env: { ...env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
    });
    const written = await readdir(cache, { recursive: true });
    expect(written.length).toBeGreaterThan(500);
    // Root can write all the same: that nothing is written is looked at below.
    await chmod(cache, 0o555);
    const wrong = { NODE_COMPILE_CACHE: cache, NODE_DEBUG_NATIVE: 'COMPILE_CACHE', PATH: process.env.PATH };
    const fault = await run(process.execPath, ['dist/main.js', 'serve'], {
      cwd: folder,
      env: wrong,
      ...MANY_LINES,
    }).catch((thrown: unknown) => thrown);
    expect(fault).toMatchObject({ code: 2, stderr: expect.stringMatching(/^REDIS_URL /m) });
    const lines = String((fault as { stderr: unknown }).stderr).split('\n');
    for (const file of ['dist/main.js', 'dist/serve.js', '@slack/bolt/dist/App.js']) {
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`${file} .*was accepted`)));
    }
    expect(lines.filter((line) => /was rejected|writing cache/.test(line))).toEqual([]);
    expect(await readdir(cache, { recursive: true })).toEqual(written);
  });

  it('has nothing of the sandbox and of the development', () => {
    expect(existsSync(join(folder, 'node_modules/@slack/bolt'))).toBe(true);
    expect(NOT_INSTALLED.filter((name) => existsSync(join(folder, 'node_modules', name)))).toEqual([]);
  });

  it('is all that the program needs', async () => {
    expect((await inside(['dist/main.js', '--help'])).stdout).toContain('Usage: datasync-throttle');
    expect((await inside(['--input-type=module', '--eval', LOAD_ALL])).stdout).toMatch(/^\d{3} loaded$/m);
  });
});

/** The environment without what npm tells the scripts that it runs: this one works on another folder. */
function ownSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = /^npm_config_(?:cache|registry|userconfig|globalconfig)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('npm_') || kept.test(name)));
}
