// One step of the audit bench in a process of its own, so that its memory and its time are its own. Prints one JSON line.
import { createHmac, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { linesOf } from '../src/audit/format/lines-of.ts';
import { exportAudit } from '../src/commands/audit/export-audit.ts';
import { verifyAudit } from '../src/commands/audit/verify-audit.ts';
import { createTerminal } from '../src/commands/terminal.ts';

const HASHED = 200_000;

const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() });
const terminal = createTerminal({ env: process.env, out: sink(), err: sink(), now: () => new Date() });
const [step = '', file = ''] = process.argv.slice(2);
const steps: Record<string, () => Promise<object>> = { export: exported, verify: verified };
const run = steps[step];
if (!run) throw new Error(`no step ${step}`);
process.stdout.write(`${JSON.stringify(await run())}\n`);

async function exported(): Promise<object> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  const began = performance.now();
  await exportAudit({ format: 'jsonl', out: file }, terminal);
  clearInterval(timer);
  return { seconds: (performance.now() - began) / 1000, growth: most - before };
}

async function verified(): Promise<object> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const code = await verifyAudit({ file }, terminal);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { code, seconds, cpuSeconds: (user + system) / 1e6, bare: await bareRate() };
}

/** Nothing but SHA-256 and HMAC over the same bytes, from memory. Records a second. */
async function bareRate(): Promise<number> {
  const all: string[] = [];
  for await (const line of linesOf(createReadStream(file))) {
    const { bytes } = JSON.parse(line) as { bytes?: string };
    if (bytes !== undefined) all.push(bytes);
    if (all.length === HASHED) break;
  }
  const key = Buffer.alloc(32, 7);
  let rate = 0;
  for (let round = 0; round < 3; round++) {
    const began = performance.now();
    for (const bytes of all) {
      const digest = hash('sha256', `datasync-throttle/audit/v1\n${bytes}`, 'buffer');
      createHmac('sha256', key).update(digest).digest();
    }
    rate = Math.max(rate, all.length / ((performance.now() - began) / 1000));
  }
  return rate;
}
