import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { AppFace } from './page-state.ts';

interface Manifest {
  display_information: { name: string };
  features: { slash_commands: { command: string; description?: string; usage_hint?: string }[] };
}

/** The app as Slack knows it: its name, its slash command, and the words that the command's hint offers. */
export async function appFace(): Promise<AppFace> {
  const manifest: Manifest = parse(await readFile(join(import.meta.dirname, '../../manifest.yml'), 'utf8'));
  const [command] = manifest.features.slash_commands;
  if (!command) throw new Error('manifest.yml has no slash command');
  const choices = (command.usage_hint ?? '').replace(/^\[|\]$/g, '').split('|');
  return {
    name: manifest.display_information.name,
    command: command.command,
    description: command.description ?? '',
    words: choices.map((choice) => choice.trim()).filter((choice) => /^[a-z]+( [a-z]+)*$/.test(choice)),
  };
}
