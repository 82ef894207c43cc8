import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { writeCheckpointLine } from '../../src/audit/format/checkpoint-format.ts';
import { plainEvent } from '../../src/domain/audit/audit-record.ts';
import { ROOT, cli as run } from '../command-line.ts';
import { openLedger } from '../store/given-ledger.ts';

/** Clears the screen, rings, paints verdicts of its own, turns the text around, and ends lines in every way. */
const HOSTILE =
  '\u001b[2J\u0007\u009b1m\u007f\u202e\nintegrity     ok\r\u2028completeness  ok\u2029authenticity  ok\u2066';
/** What a file can be called, too. */
const NAME = `x${HOSTILE}.jsonl`;

let folder: string;
let opened: Awaited<ReturnType<typeof openLedger>>;
let env: NodeJS.ProcessEnv;

/** A log in which everything that can hold words holds these, the id of the log and of the key among them. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-hostile-'));
  opened = await openLedger({
    newLogId: () => `log ${HOSTILE}`,
    auditKeys: [{ kid: `k${HOSTILE}`, key: Buffer.alloc(32, 7) }],
  });
  for (let seq = 1; seq <= 3; seq++) {
    const event = plainEvent('refused', {
      request: `r-${HOSTILE}`,
      channel: HOSTILE,
      execution: `arn/${HOSTILE}`,
      account: HOSTILE,
      region: HOSTILE,
      reason: HOSTILE,
      rule: HOSTILE,
      policy: HOSTILE,
      detail: { why: HOSTILE, ...{ [HOSTILE]: HOSTILE } },
      actor: { team: HOSTILE, user: HOSTILE, name: HOSTILE },
      aws: { requestId: HOSTILE },
    });
    await opened.ledger.commit({ op: `${seq} ${HOSTILE}`, prior: null, events: [event] });
  }
  env = {
    REDIS_URL: inject('redisUrl'),
    REDIS_KEY_PREFIX: opened.keys.head.slice(1, opened.keys.head.indexOf('}')),
    AUDIT_KEYS: `k1:${'07'.repeat(32)}`,
  };
});
afterAll(async () => {
  opened.close();
  await rm(folder, { recursive: true });
});

const cli = (words: string[], more: NodeJS.ProcessEnv = {}) => run(words, { ...env, ...more });
const at = (name: string) => join(folder, name);
/** But for the ends of our own lines, and the mark that a CSV begins with. */
const acts = (words: string) =>
  words
    .replace(/^\ufeff/, '')
    .replaceAll(/\r?\n/g, '')
    .match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu);

const POLICY = `version: 1\nrules:\n  - name: ${JSON.stringify(HOSTILE)}\n    ${JSON.stringify(HOSTILE)}: 1\n`;

/** Every command that there is, and what it can be made to print; a new one has to come in here. */
const COMMANDS: Record<string, [string[], NodeJS.ProcessEnv?][]> = {
  serve: [
    [
      ['serve'],
      {
        REDIS_URL: HOSTILE,
        PORT: HOSTILE,
        SLACK_BOT_TOKEN: HOSTILE,
        POLICY_FILE: HOSTILE,
        AUDIT_CHECKPOINT_FILE: `/${HOSTILE}/x`,
      },
    ],
    [['serve', HOSTILE]],
  ],
  'policy check': [
    [['policy', 'check', NAME]],
    [['policy', 'check', 'FOLDER/policy']],
    [['policy', 'check', `--${HOSTILE}`]],
  ],
  'policy explain': [
    [
      [
        'policy',
        'explain',
        '--user',
        HOSTILE,
        '--arn',
        HOSTILE,
        '--rate',
        HOSTILE,
        '--channel',
        HOSTILE,
        '--current',
        HOSTILE,
      ],
    ],
    [['policy', 'explain', '--user', 'U0A', '--arn', HOSTILE, '--rate', '1MiB/s'], { POLICY_FILE: 'FOLDER/policy' }],
    [['policy', 'explain', '--link', HOSTILE, '--for', HOSTILE, '--at', HOSTILE]],
    [['policy', 'explain', '--link', HOSTILE, '--at', HOSTILE]],
  ],
  'audit export': [
    [['audit', 'export']],
    [['audit', 'export', '--format', 'csv']],
    [['audit', 'export', '--format', HOSTILE]],
    [['audit', 'export', '--since', HOSTILE]],
    [['audit', 'export', '--out', `FOLDER/${NAME}`]],
    [['audit', 'export', '--out', `FOLDER/${NAME}`]],
    [['audit', 'export', '--out', `FOLDER/no/${NAME}`]],
    // A log that is not the one that was seen.
    [['audit', 'export'], { AUDIT_CHECKPOINT_FILE: 'FOLDER/checkpoints' }],
  ],
  'audit verify': [
    [['audit', 'verify']],
    [['audit', 'verify', '--file', `FOLDER/${NAME}`]],
    [['audit', 'verify', '--file', `FOLDER/${NAME}`, `FOLDER/${NAME}`]],
    [['audit', 'verify', '--file', 'FOLDER/damaged']],
    [['audit', 'verify', '--file', `FOLDER/no${NAME}`]],
    [['audit', 'verify', '--checkpoints', `FOLDER/${NAME}`]],
    [['audit', 'verify', '--public-key', `FOLDER/${NAME}`]],
    [['audit', 'verify'], { AUDIT_KEYS: HOSTILE }],
    [['audit', 'verify'], { REDIS_KEY_PREFIX: HOSTILE }],
  ],
  'audit archive': [
    [['audit', 'archive', '--until', HOSTILE, '--out', `FOLDER/${NAME}`]],
    [
      ['audit', 'archive', '--until', '2100-01-01', '--out', 'FOLDER/a'],
      { AUDIT_CHECKPOINT_FILE: 'FOLDER/checkpoints' },
    ],
    [['audit', 'archive', '--until', '2100-01-01', '--out', `FOLDER/archive${NAME}`]],
  ],
  'audit accept-loss': [
    [['audit', 'accept-loss', '--reason', 'x', '--seen', HOSTILE]],
    [
      ['audit', 'accept-loss', '--reason', 'x', '--seen', `9:${'ab'.repeat(32)}`],
      { AUDIT_CHECKPOINT_FILE: 'FOLDER/mine' },
    ],
    [['audit', 'accept-loss', '--reason', 'x'], { AUDIT_CHECKPOINT_FILE: `FOLDER/${NAME}` }],
  ],
  'audit rebuild': [
    [['audit', 'rebuild', HOSTILE]],
    [['audit', 'rebuild', '--dry-run']],
    [['audit', 'rebuild', '--dry-run'], { REDIS_KEY_PREFIX: HOSTILE }],
  ],
  'work list': [[['work', 'list', HOSTILE]], [['work', 'list'], { REDIS_KEY_PREFIX: HOSTILE }]],
  'work retry': [[['work', 'retry', HOSTILE]], [['work', 'retry', '--all'], { REDIS_KEY_PREFIX: HOSTILE }]],
  'audit key': [[['audit', 'key'], { AUDIT_SIGNING_KEY: HOSTILE }], [['audit', 'key', HOSTILE]]],
};

describe('what a command prints', () => {
  it('is looked at for every command', async () => {
    const main = await readFile(join(ROOT, 'src/main.ts'), 'utf8');
    const named = [...main.matchAll(/\.command\('([^' ]+)/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(Object.keys(COMMANDS).flatMap((name) => name.split(' '))));
    await writeFile(at('policy'), POLICY);
    const seen = { seq: 7, hash: 'ab'.repeat(32), count: 7, at: '2026-03-01T00:00:00.000Z' };
    await writeFile(at('checkpoints'), writeCheckpointLine({ log: `other ${HOSTILE}`, ...seen }, null));
    const { out } = await cli(['audit', 'export']);
    await writeFile(
      at('damaged'),
      out.replace('"seq\\":2', '"seq\\":5').replaceAll(/"kid":"[^"]*"/g, `"kid":${JSON.stringify(HOSTILE)}`),
    );
  });

  it.each(Object.entries(COMMANDS))('%s obeys nothing that it is given', async (_name, calls) => {
    for (const [words, more = {}] of calls) {
      const there = (word = '') => word.replace('FOLDER', folder);
      const given = Object.fromEntries(Object.entries(more).map(([name, value]) => [name, there(value)]));
      const { out, err } = await cli(words.map(there), given);
      expect([words, acts(out), acts(err)]).toEqual([words, null, null]);
      // No verdict of its own: three at the most, and one of each.
      const lines = `${out}\n${err}`.split('\n');
      for (const verdict of ['integrity', 'completeness', 'authenticity']) {
        expect(lines.filter((line) => line.trimStart().startsWith(verdict)).length).toBeLessThanOrEqual(1);
      }
      expect(out + err).not.toBe('');
    }
  });

  it('is still the export that it was', async () => {
    const { code, out } = await cli(['audit', 'verify', '--file', at(NAME)], { AUDIT_KEYS: '' });
    expect({ code, ok: out.match(/ ok /g) }).toEqual({ code: 0, ok: [' ok ', ' ok '] });
  });
});
