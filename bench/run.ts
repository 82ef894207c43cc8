// `npm run bench`: measures every row of docs/performance.md, prints the table and writes it there.
// `npm run bench -- NAME …`: only these rows, printed alone; or `links`, `audit` or `acks`, which have tables of their own.
import { type Row, rowOf } from './row.ts';
import { tableOf, writeTable } from './table.ts';

const all = {
  commits: () => import('./commits.ts'),
  'ack-latency': () => import('./app/ack-latency.ts'),
  'help-cpu': () => import('./app/help-cpu.ts'),
  'main-path': () => import('./app/main-path.ts'),
  'due-revert': () => import('./app/due-revert.ts'),
  'cold-start': () => import('./app/cold-start.ts'),
} as const;

const others = {
  acks: () => import('./acks.ts'),
  audit: () => import('./audit.ts'),
  links: () => import('./links.ts'),
} as const;

// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const names = process.argv.slice(2);
const [first = ''] = names;
if (Object.hasOwn(others, first)) {
  const { bench } = await others[first as keyof typeof others]();
  process.exitCode = await bench(names.slice(1));
} else {
  const unknown = names.filter((name) => !Object.hasOwn(all, name));
  if (unknown.length > 0) {
    const known = [...Object.keys(all), ...Object.keys(others)].join(' | ');
    process.stderr.write(`${unknown.join(', ')}: unknown. npm run bench -- <${known}>\n`);
    process.exit(2);
  }
  const rows: Row[] = [];
  for (const name of names.length > 0 ? names : Object.keys(all)) {
    process.stderr.write(`${name} …\n`);
    rows.push(...(await rowsOf(name as keyof typeof all)));
  }
  process.stdout.write(tableOf(rows));
  if (names.length === 0) await writeTable(rows);
  process.exitCode = rows.every(({ good }) => good) ? 0 : 1;
}

/** What can't be measured is a row too, so that the others are not lost. */
async function rowsOf(name: keyof typeof all): Promise<Row[]> {
  try {
    const { rows } = await all[name]();
    return await rows();
  } catch (fault) {
    process.stderr.write(`${fault instanceof Error ? fault.stack : String(fault)}\n`);
    const why = fault instanceof Error ? fault.message : String(fault);
    return [rowOf({ what: name, figure: `not measured: ${why}`, yardstick: '', wanted: '', good: false })];
  }
}
