import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  allUsages,
  usageHint,
  WORD_COMMANDS,
  type WordCommand,
} from '../../../src/slack/command-text/command-table.ts';
import { parseCommand } from '../../../src/slack/command-text/command-text.ts';
import { COMMAND } from '../../../src/slack/command-text/not-understood.ts';
import { ACTIONS, SUBMITS, SUGGESTIONS } from '../../../src/slack/listeners/routes.ts';
import { helpMessage } from '../../../src/slack/views/lists/help.ts';

const root = join(import.meta.dirname, '../../..');
const views = join(root, 'src/slack/views');
const sources = readdirSync(views, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const exportsOf = await Promise.all(
  sources.map((file) => import(join(views, file)) as Promise<Record<string, unknown>>),
);

/** The exported constants of the views whose name ends so: ids live beside the view that emits them. */
function ids(ending: string): string[] {
  return exportsOf.flatMap((names) =>
    Object.entries(names).flatMap(([name, value]) =>
      name.endsWith(ending) && typeof value === 'string' ? [value] : [],
    ),
  );
}

/** The actions of selects that ask for options while somebody types. */
function searched(): string[] {
  const file = sources.find((source) => source.endsWith('request-modal.ts')) ?? '';
  const modal = readFileSync(join(views, file), 'utf8');
  return modal.includes("'external_select'") ? ['execution'] : [];
}

describe('the table of routes', () => {
  it('has a route for every button that a view emits, and for no other', () => {
    expect(ids('_ACTION').length).toBeGreaterThan(0);
    expect(Object.keys(ACTIONS).toSorted()).toEqual([...ids('_ACTION'), ...searched()].toSorted());
  });

  it('has a route for every modal that comes back, and for no other', () => {
    expect(Object.keys(SUBMITS).toSorted()).toEqual(ids('_MODAL').toSorted());
  });

  it('has a route for every searchable list, and for no other', () => {
    expect(Object.keys(SUGGESTIONS)).toEqual(searched());
  });

  it('knows no button by a name that a view spells out itself', () => {
    for (const file of sources) {
      expect(readFileSync(join(views, file), 'utf8'), file).not.toMatch(/(?:action_id|callback_id): '/);
    }
  });
});

describe('the table of commands', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [command] = parse(readFileSync(join(root, 'manifest.yml'), 'utf8')).features.slash_commands;

  it('is what Slack hints at', () => {
    expect(command).toMatchObject({ command: COMMAND, usage_hint: usageHint() });
  });

  it('is what the README lists', () => {
    const rows = allUsages().map(({ syntax, does }) => {
      const typed = `${COMMAND} ${syntax}`.trim().replaceAll('|', '\\|');
      return `| \`${typed}\` | ${does} |`;
    });
    expect(readme).toContain(rows.join('\n'));
  });

  it('is all that a new command has to be added to', () => {
    const added: WordCommand = {
      word: 'ping',
      usages: [{ syntax: '<host>', does: 'answers' }],
      parse: () => ({ kind: 'list' }),
    };
    const table = [...WORD_COMMANDS, added];
    expect(parseCommand('Ping here', table)).toEqual({ kind: 'list' });
    expect(JSON.stringify(helpMessage(table))).toContain('/datasync-throttle ping &lt;host&gt;` answers');
    expect(usageHint(table)).toMatch(/\| ping\]$/);
    expect(allUsages(table)).toContainEqual({ syntax: 'ping <host>', does: 'answers' });
    expect(parseCommand('do something', table)).toMatchObject({ expected: expect.stringContaining('`ping`') });
  });

  it.each(WORD_COMMANDS)('reads its word $word, with an example where more is needed', ({ word }) => {
    const read = parseCommand(word);
    if (read.kind === 'not-understood') expect(read.example.startsWith(`${COMMAND} ${word} `)).toBe(true);
    else expect(read.kind).toBe(word);
  });
});
