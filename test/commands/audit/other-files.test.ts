import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { exportAudit } from '../../../src/commands/audit/export-audit.ts';
import { type VerifyOptions, verifyAudit } from '../../../src/commands/audit/verify-audit.ts';
import { CannotRun } from '../../../src/commands/cannot-run.ts';
import { run, writeLog } from '../../audit/log/log-fixture.ts';

let folder: string;
let log: Awaited<ReturnType<typeof writeLog>>;
let jsonl: string;
let csv: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-files-'));
  log = await writeLog(inject('redisUrl'), 5);
  const { AUDIT_KEYS: _, ...env } = log.env;
  jsonl = (await run(env, (terminal) => exportAudit({ format: 'jsonl' }, terminal))).out;
  csv = (await run(env, (terminal) => exportAudit({ format: 'csv' }, terminal))).out;
});
afterAll(async () => {
  log.close();
  await rm(folder, { recursive: true });
});

const CHECKPOINT = `{"checkpoint":{"log":"l","seq":1,"hash":"${'ab'.repeat(32)}","count":1,"at":"2026-03-01T00:00:00.000Z"}}\n`;
const utf16 = (text: string, order: 'le' | 'be') => {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'le' ? bytes : Buffer.from(bytes).swap16();
};
const verify = (options: VerifyOptions) => run(log.env, (terminal) => verifyAudit(options, terminal));
async function saved(name: string, text: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

describe('audit verify --file', () => {
  it.each<[string, () => string | Buffer, string]>([
    ['the CSV export', () => csv, 'is a CSV export, which can’t be verified: export with --format jsonl'],
    ['a CSV that a spreadsheet saved', () => csv.replaceAll(',', ';'), 'is a CSV export'],
    [
      'UTF-16 with its mark',
      () => utf16(`\ufeff${jsonl}`, 'le'),
      'is UTF-16 text, and an export is UTF-8: save it as UTF-8',
    ],
    ['UTF-16 in the other order', () => utf16(`\ufeff${jsonl}`, 'be'), 'is UTF-16 text'],
    ['UTF-16 without a mark', () => utf16(jsonl, 'le'), 'is UTF-16 text'],
    ['nothing', () => '', 'is empty, and an export never is'],
    ['blank lines', () => '\n \r\n\n', 'has nothing but blank lines in it'],
    ['gzip', () => gzipSync(jsonl), 'is compressed (gzip): unpack it first'],
    ['a ZIP archive', () => Buffer.from('PK\u0003\u0004 and more'), 'is a ZIP archive'],
    ['an HTML page', () => '\n<!DOCTYPE html>\n<html>', 'is an HTML page'],
    ['one JSON array', () => `[${jsonl.trim().split('\n').join(',\n')}]`, 'is one JSON array'],
    ['an array over several lines', () => `[\n${jsonl.trim().split('\n').join(',\n')}\n]`, 'is one JSON array'],
    [
      'JSON over several lines',
      () => JSON.stringify(JSON.parse(jsonl.split('\n')[0] ?? ''), null, 2),
      'is JSON spread over several lines',
    ],
    ['checkpoints', () => CHECKPOINT, 'holds checkpoints: give it with --checkpoints'],
    ['a key', () => '-----BEGIN PUBLIC KEY-----\n', 'is a key: give it with --public-key'],
    ['other text', () => 'version: 1\nrules: []\n', 'is no export: no line of it is a JSON object'],
  ])('of %s says so, and is wrong use', async (_what, text, words) => {
    const file = await saved('file', text());
    const found = await verify({ file }).catch((fault: unknown) => fault);
    expect(found).toBeInstanceOf(CannotRun);
    expect((found as Error).message.startsWith(`${file} ${words}`)).toBe(true);
    // Among others, too.
    await expect(verify({ file: [await saved('good', jsonl), file] })).rejects.toThrow(CannotRun);
    await expect(verify({ archive: file })).rejects.toThrow(CannotRun);
  });

  it('of a directory says so', async () => {
    await mkdir(join(folder, 'exports'));
    await expect(verify({ file: join(folder, 'exports') })).rejects.toThrow('is a directory: give the export in it');
  });

  it.each<[string, (text: string) => string]>([
    ['Windows ends of lines', (text) => text.replaceAll('\n', '\r\n')],
    ['a mark at its beginning', (text) => `\ufeff${text}`],
    ['both', (text) => `\ufeff${text.replaceAll('\n', '\r\n')}`],
  ])('takes %s for what an editor does', async (_what, change) => {
    expect(await verify({ file: await saved('edited', change(jsonl)) })).toMatchObject({ code: 0, said: '' });
  });

  it.each<[string, (lines: string[]) => string[], number, number]>([
    ['at the end', (lines) => [...lines, '', '  '], 3, 7],
    ['at the beginning', (lines) => ['', ...lines], 1, 1],
    ['in the middle', (lines) => [...lines.slice(0, 3), '', '\t', ...lines.slice(3)], 2, 4],
  ])('skips blank lines %s, and says so', async (_what, change, count, first) => {
    const text = change(jsonl.trimEnd().split('\n')).join('\n') + (first === 7 ? '\n\n' : '\n');
    const { code, said } = await verify({ file: await saved('blank', text) });
    expect(code).toBe(0);
    expect(said).toMatch(new RegExp(`has ${count} blank lines? \\(the first: line ${first}\\), skipped`));
  });

  it.each([
    ['in the middle', 3, 3],
    ['the last', 5, 5],
  ])('finds a record that was blanked, %s', async (_what, line, seq) => {
    const lines = jsonl.trimEnd().split('\n');
    lines[line] = '';
    const { code, out } = await verify({ file: await saved('blanked', `${lines.join('\n')}\n`) });
    expect([code, out]).toEqual([1, expect.stringContaining(`first bad seq: ${seq}\n`)]);
  });

  it('calls what is damaged a fault, and not another file', async () => {
    for (const damage of [
      jsonl.replace('{"export"', '["export"'),
      jsonl.replace('{"export"', 'xxx'),
      jsonl.replace('{"bytes"', '"bytes"'),
      jsonl.replaceAll('"mac"', '"max"'),
    ]) {
      expect((await verify({ file: await saved('damaged', damage) })).code).toBe(1);
    }
  });
});

describe('audit verify --checkpoints', () => {
  it.each<[string, () => string | Buffer, string]>([
    ['an export', () => jsonl, 'is an export: give it with --file'],
    ['an export without its head', () => jsonl.slice(jsonl.indexOf('\n') + 1), 'is an export'],
    ['the CSV export', () => csv, 'is a CSV export'],
    ['UTF-16', () => utf16(`\ufeff${CHECKPOINT}`, 'le'), 'is UTF-16 text'],
    ['gzip', () => gzipSync(CHECKPOINT), 'is compressed (gzip)'],
    ['an HTML page', () => '<html>', 'is an HTML page'],
  ])('of %s says so', async (_what, text, words) => {
    await expect(verify({ checkpoints: await saved('file', text()) })).rejects.toThrow(words);
  });

  it('takes Windows ends of lines, blank lines and a mark', async () => {
    const text = `\ufeff${CHECKPOINT.replace('\n', '\r\n')}\r\n\r\n`;
    expect((await verify({ checkpoints: await saved('edited', text) })).said).toBe('');
  });
});
