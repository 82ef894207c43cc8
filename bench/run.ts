// `npm run bench -- audit`, `-- acks` or `-- commits`: runs one of the benches of this folder and prints its table.
const benches = {
  acks: () => import('./acks.ts'),
  audit: () => import('./audit.ts'),
  commits: () => import('./commits.ts'),
} as const;

const [name = '', ...args] = process.argv.slice(2);
if (!Object.hasOwn(benches, name)) {
  process.stderr.write(`npm run bench -- <${Object.keys(benches).join(' | ')}>\n`);
  process.exit(2);
}
const { bench } = await benches[name as keyof typeof benches]();
process.exitCode = await bench(args);
