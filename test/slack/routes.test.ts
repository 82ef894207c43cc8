import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ACTIONS, COMMANDS, SUBMITS, SUGGESTIONS } from '../../src/slack/routes.ts';
import { helpMessage } from '../../src/slack/views/help.ts';

const root = join(import.meta.dirname, '../..');
const views = join(root, 'src/slack/views');
const sources = readdirSync(views).filter((file) => file.endsWith('.ts'));
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
  const modal = readFileSync(join(views, 'request-modal.ts'), 'utf8');
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

  it('has its command in the manifest, and each word of it in the help and the hint', () => {
    const [command] = parse(readFileSync(join(root, 'manifest.yml'), 'utf8')).features.slash_commands;
    const help = JSON.stringify(helpMessage());
    for (const word of Object.keys(COMMANDS).filter((kind) =>
      ['requests', 'list', 'status', 'why', 'audit', 'help'].includes(kind),
    )) {
      expect(command.usage_hint).toContain(word);
      if (word !== 'help') expect(help).toContain(word);
    }
    expect(help).toContain(command.command);
  });
});
