import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Command, parseCommand } from '../../../src/slack/command-text/command-text.ts';
import { ACTIONS, COMMANDS, SUBMITS, SUGGESTIONS } from '../../../src/slack/listeners/routes.ts';
import { helpMessage } from '../../../src/slack/views/lists/help.ts';

const root = join(import.meta.dirname, '../../..');
const views = join(root, 'src/slack/views');
const sources = readdirSync(views, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const exportsOf = await Promise.all(
  sources.map((file) => import(join(views, file)) as Promise<Record<string, unknown>>),
);

/** Kinds of a command that no word of its own calls. */
const WORDLESS: readonly string[] = ['ask', 'open-modal', 'not-understood'] satisfies Command['kind'][];
/** What can be typed first, from the table itself: so that a new one can't be forgotten elsewhere. */
const WORDS = Object.keys(COMMANDS)
  .filter((kind) => !WORDLESS.includes(kind))
  .map((kind) => kind.replace('-', ' '));

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

  it.each(WORDS)('has its word “%s” read, and said wherever people look for it', (word) => {
    const [command] = parse(readFileSync(join(root, 'manifest.yml'), 'utf8')).features.slash_commands;
    const typed = `${command.command} ${word}`;
    const [first = ''] = word.split(' ');
    const read = parseCommand(word);
    if (read.kind === 'not-understood') expect(read.example.startsWith(`${typed} `)).toBe(true);
    else expect(read.kind).toBe(word.replace(' ', '-'));
    expect(command.usage_hint.split(/[^a-z]+/)).toContain(first);
    // The end of what is typed, or what follows it: `audit` alone is not said by `audit verify`.
    const said = new RegExp(`\`${typed}(?:\`| (?:<|&lt;|\\[))`);
    expect(JSON.stringify(helpMessage())).toMatch(said);
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toMatch(said);
    const refused = parseCommand('something-else');
    expect(refused.kind === 'not-understood' && refused.expected).toContain(`\`${first}\``);
  });
});
