import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config/read-config.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pkg: {
  bin: Record<string, string>;
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
} = JSON.parse(read('package.json'));

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

const instructions: Instruction[] = read('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => ({ word: line.trim().split(' ')[0] ?? '', rest: line.trim().replace(/^\S+\s+/, '') }));

const stages: Instruction[][] = [];
for (const instruction of instructions) {
  if (instruction.word === 'FROM') stages.push([]);
  stages.at(-1)?.push(instruction);
}
const [build = [], image = []] = stages;

const all = (stage: Instruction[], word: string) => stage.filter((part) => part.word === word).map((part) => part.rest);
const copies = (stage: Instruction[]) =>
  all(stage, 'COPY').map((rest) => {
    const words = rest.split(/\s+/);
    return {
      from: words.find((word) => word.startsWith('--from=')),
      paths: words.filter((word) => !word.startsWith('--')),
    };
  });
const sources = (stage: Instruction[]) => copies(stage).flatMap(({ from, paths }) => (from ? [] : paths.slice(0, -1)));

const botSources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));

describe('Dockerfile', () => {
  it('copies what is there, and .dockerignore lets it through', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    for (const path of [...sources(build), ...sources(image)]) {
      expect(existsSync(join(root, path)), path).toBe(true);
      expect(allowed, path).toContain(path.replace(/^\.?\//, '').split('/')[0]);
    }
  });

  it('takes from the build what the build makes', () => {
    const outDir = read('tsconfig.json').match(/"outDir": "([^"]+)"/)?.[1];
    expect(copies(image).filter(({ from }) => from)).toEqual([
      { from: '--from=build', paths: [`/app/${outDir}`, './dist'] },
    ]);
  });

  it('runs npm scripts that exist, with the files that they name', () => {
    const names = [...all(build, 'RUN'), ...all(image, 'RUN')].flatMap((line) =>
      [...line.matchAll(/npm run (\S+)/g)].map(([, name]) => name ?? ''),
    );
    expect(names).toEqual(['build']);
    const copied = sources(build);
    for (const [file] of (pkg.scripts.build ?? '').matchAll(/\S+\.(?:json|mjs)/g)) expect(copied).toContain(file);
  });

  it('has no sandbox, no development packages and no root', () => {
    expect(all(build, 'RUN').join('\n')).toMatch(/npm run build$/m);
    const installs = (stage: Instruction[]) => all(stage, 'RUN').filter((line) => line.includes('npm ci'));
    expect(installs(build)).toEqual([expect.stringContaining('--workspaces=false')]);
    expect(installs(image)).toEqual([expect.stringContaining('--workspaces=false --omit=dev')]);
    expect(all(image, 'USER')).toEqual(['node']);
    expect(all(image, 'ENV')).toContain('NODE_ENV=production');
  });

  it('leaves nothing behind that wants the sandbox', () => {
    const wanting = botSources.filter((file) => /['"][^'"]*\/sandbox\//.test(read(`src/${file}`)));
    expect(wanting).toEqual([]);
  });

  it('starts what package.json calls the program, under an init', () => {
    const program = Object.values(pkg.bin)[0] ?? '';
    expect(JSON.parse(all(image, 'ENTRYPOINT')[0] ?? '')).toEqual(['tini', '--', 'node', program]);
    expect(JSON.parse(all(image, 'CMD')[0] ?? '')).toEqual(['serve']);
    expect(existsSync(join(root, program.replace('dist/', 'src/').replace(/\.js$/, '.ts'))), program).toBe(true);
  });

  it('has compiled code that only root can change, written by the user that runs', () => {
    const words = image.map(({ word, rest }) => `${word} ${rest.replaceAll(/\s+/g, ' ')}`);
    const at = words.findIndex((line) => line.startsWith('RUN install --directory --owner=node "$NODE_COMPILE_CACHE"'));
    const steps = words[at]?.split(' && ') ?? [];
    expect(steps.some((step) => step.startsWith('setpriv --reuid=node '))).toBe(true);
    expect(steps.slice(-2)).toEqual([
      'chown -R root:root "$NODE_COMPILE_CACHE"',
      'chmod -R go=rX "$NODE_COMPILE_CACHE"',
    ]);
    // Of the code as it is in the image: nothing is copied after it. What npm loads is not in it.
    expect(words.slice(at).filter((line) => line.startsWith('COPY'))).toEqual([]);
    expect(words.slice(words.findIndex((line) => line.startsWith('ENV NODE_COMPILE_CACHE'))).join()).not.toContain(
      'npm',
    );
    expect(words.slice(at + 1)).toContain('USER node');
  });

  it('knows the ports that the configuration has by default', () => {
    const config = readConfig({
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
      REDIS_URL: 'redis://h',
      AUDIT_KEYS: `k:${'0'.repeat(64)}`,
    });
    if (!config.ok || config.value.slack.mode.kind !== 'http') throw new Error('the configuration is not good');
    expect(all(image, 'EXPOSE')).toEqual([`${config.value.slack.mode.port} ${config.value.opsPort}`]);
    expect(all(image, 'HEALTHCHECK')[0]).toContain(`process.env.OPS_PORT || ${config.value.opsPort}}/healthz`);
  });
});

describe('package.json', () => {
  const imports = botSources.flatMap((file) => packagesOf(read(`src/${file}`)).map((found) => ({ file, ...found })));
  const used = new Set(imports.filter(({ typeOnly }) => !typeOnly).map(({ name }) => name));

  it('has all that the bot imports among its dependencies', () => {
    expect(imports.filter(({ name, typeOnly }) => !(name in pkg.dependencies) && !typeOnly)).toEqual([]);
    expect(imports.filter(({ name }) => !(name in { ...pkg.dependencies, ...pkg.devDependencies }))).toEqual([]);
  });

  it('has no dependency that the bot does not import, but for what another one can not load without', () => {
    const peers = new Set([...used].flatMap((name) => [name, ...dependenciesOf(name)]).flatMap(peersOf));
    expect(Object.keys(pkg.dependencies).filter((name) => !used.has(name) && !peers.has(name))).toEqual([]);
  });
});

/** The packages that a source imports. With verbatimModuleSyntax only `import type` and `export type` leave nothing behind. */
function packagesOf(source: string): { name: string; typeOnly: boolean }[] {
  const statements = source.matchAll(
    /^(?:import|export)\s+(type\s)?(?:[\w*{][^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...statements].flatMap(([, type, from, dynamic]) => {
    const specifier = from ?? dynamic ?? '';
    if (/^(?:\.|node:)/.test(specifier) || builtinModules.includes(specifier)) return [];
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    return [{ name, typeOnly: type !== undefined }];
  });
}

function dependenciesOf(name: string): string[] {
  return Object.keys(JSON.parse(read(`node_modules/${name}/package.json`)).dependencies ?? {}).filter((dependency) =>
    existsSync(new URL(`../node_modules/${dependency}/package.json`, import.meta.url)),
  );
}

function peersOf(name: string): string[] {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = JSON.parse(read(`node_modules/${name}/package.json`));
  return Object.keys(peerDependencies).filter((peer) => !peerDependenciesMeta[peer]?.optional);
}
