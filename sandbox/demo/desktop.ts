import { spawn } from 'node:child_process';

/** Opens a page in the browser where there is a desktop; elsewhere, and where it can't, nothing happens. */
export function openOnDesktop(url: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): void {
  const opener = openerFor(env, platform);
  if (!opener) return;
  const [command, ...args] = opener;
  const child = spawn(command, [...args, url], { env, stdio: 'ignore', detached: true });
  // No such program: the address stands in the terminal as well.
  child.on('error', () => {});
  child.unref();
}

function openerFor(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): [string, ...string[]] | null {
  if (env.CI) return null;
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['cmd', '/c', 'start', ''];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : null;
}
