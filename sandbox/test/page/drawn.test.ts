import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emojiNamed } from '../../page/client/text/emoji.ts';

const root = join(import.meta.dirname, '../../..');
/** What has a `type` and is neither a block nor an element. */
const OTHERS = ['modal', 'home', 'mrkdwn', 'plain_text', 'ephemeral', 'view_closed', 'view_submission'];

async function sources(folder: string): Promise<string> {
  const files = (await readdir(join(root, folder), { recursive: true })).filter((file) => /\.tsx?$/.test(file));
  return (await Promise.all(files.map((file) => readFile(join(root, folder, file), 'utf8')))).join('\n');
}

function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? ''))].sort();
}

describe('the page draws all that the bot sends', () => {
  it('has every block and every element of its views', async () => {
    const sent = found(await sources('src/slack'), /\btype: '(\w+)'/g).filter((type) => !OTHERS.includes(type));
    const folders = ['blocks', 'elements'].map((folder) => sources(`sandbox/page/client/${folder}`));
    const drawn = found((await Promise.all(folders)).join('\n'), /\bcase '(\w+)':/g);
    expect(sent.filter((type) => !drawn.includes(type))).toEqual([]);
    expect(sent).toEqual(expect.arrayContaining(['section', 'actions', 'button', 'external_select', 'datepicker']));
  });

  it('knows every emoji', async () => {
    // Not the parts of an ARN, of a time or of a pattern.
    const sent = found(await sources('src/slack'), /(?<![\w*?]):([a-z0-9_+-]+):(?!\w)/g);
    expect(sent.filter((name) => emojiNamed(`:${name}:`) === null)).toEqual([]);
    expect(sent).toEqual(expect.arrayContaining(['warning', '+1', 'speech_balloon', 'checkered_flag']));
  });
});
