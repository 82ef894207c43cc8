import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { removeFolder, temporaryFolder } from '../temporary-folder.ts';

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'datasync-throttle-folders-'));
  vi.stubEnv('TMPDIR', parent);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(parent, { recursive: true, force: true });
});

/** The id of a process that has ended. */
function endedPid(): number {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  return pid;
}

function folder(name: string): string {
  const path = join(parent, name);
  mkdirSync(path);
  writeFileSync(join(path, 'bot.log'), 'a line');
  return path;
}

describe('a temporary folder', () => {
  it('has its process in its name, and goes with all that is in it', () => {
    const made = temporaryFolder('world');
    expect(made).toMatch(new RegExp(`/datasync-throttle-world-${process.pid}-[A-Za-z0-9]{6}$`));
    writeFileSync(join(made, 'policy.yml'), '');
    removeFolder(made);
    removeFolder(made);
    expect(existsSync(made)).toBe(false);
  });

  it('that a killed process left behind is removed by the next, and nothing else is', () => {
    const pid = endedPid();
    const left = [folder(`datasync-throttle-demo-${pid}-abc123`), folder(`datasync-throttle-redis-${pid}-Zz09aa`)];
    const kept = [
      // Of a process that lives.
      folder(`datasync-throttle-demo-${process.pid}-abc123`),
      folder(`datasync-throttle-demo-${process.ppid}-abc123`),
      // Of another program, or of nobody knows whom.
      folder(`another-demo-${pid}-abc123`),
      folder('datasync-throttle-abc123'),
      folder(`datasync-throttle-demo-${pid}-abc123-more`),
    ];
    const elsewhere = folder('elsewhere');
    const link = join(parent, `datasync-throttle-demo-${pid}-linked`);
    symlinkSync(elsewhere, link);
    const file = join(parent, `datasync-throttle-demo-${pid}-afile1`);
    writeFileSync(file, '');
    temporaryFolder('world');
    expect(left.filter(existsSync)).toEqual([]);
    for (const one of [...kept, elsewhere, link, file, join(elsewhere, 'bot.log')])
      expect(existsSync(one), one).toBe(true);
  });

  it('of somebody else is left alone', () => {
    const other = folder(`datasync-throttle-demo-${endedPid()}-abc123`);
    const getuid = process.getuid?.() ?? 0;
    vi.spyOn(process, 'getuid').mockReturnValue(getuid + 1);
    temporaryFolder('world');
    expect(existsSync(other)).toBe(true);
    vi.restoreAllMocks();
    temporaryFolder('world');
    expect(existsSync(other)).toBe(false);
  });
});
