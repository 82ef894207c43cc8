import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = /^datasync-throttle-[a-z]+-(\d+)-[A-Za-z0-9]{6}$/;

/**
 * Makes a folder for temporary files that carries this process's id in its name, so that a later process can tell when
 * nobody needs it any more. Whoever makes it removes it; what a killed process left behind is removed here first.
 * @param kind lower-case letters: what it is for
 */
export function temporaryFolder(kind: string): string {
  removeLeftovers();
  return mkdtempSync(join(tmpdir(), `datasync-throttle-${kind}-${process.pid}-`));
}

/** Removes a folder and all that is in it; nothing happens if it is gone. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Folders of this kind that belong to this user, and whose process has ended. */
function removeLeftovers(): void {
  const parent = tmpdir();
  for (const name of readdirSync(parent)) {
    const pid = Number(NAME.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid) || !isOurs(join(parent, name))) continue;
    removeFolder(join(parent, name));
  }
}

/** Another process may have removed it by now. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    // Whose it is does not matter here: it lives.
    return !(fault instanceof Error && 'code' in fault && fault.code === 'ESRCH');
  }
}
