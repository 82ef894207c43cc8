import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Where a process and all that it started listen, as Linux tells: `127.0.0.1:3000`, `[::]:9464`. */
export function listeningOf(pid: number): string[] {
  const sockets = new Set([pid, ...descendantsOf(pid)].flatMap(socketsOf));
  return ['tcp', 'tcp6'].flatMap((family) => {
    const [, ...lines] = readFileSync(`/proc/net/${family}`, 'utf8').trim().split('\n');
    return lines.flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      return state === '0A' && sockets.has(inode) ? [addressOf(local)] : [];
    });
  });
}

/** The processes that a process started, and what those started. */
export function descendantsOf(pid: number): number[] {
  const children = readdirSync('/proc').flatMap((name) => {
    const parent = /^\d+$/.test(name) ? /^PPid:\s*(\d+)$/m.exec(textOf(`/proc/${name}/status`))?.[1] : undefined;
    return parent === String(pid) ? [Number(name)] : [];
  });
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function socketsOf(pid: number): string[] {
  return entriesOf(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      // It was closed since.
      return [];
    }
  });
}

/** Little-endian words of hex, and the port behind a colon. */
function addressOf(local: string): string {
  const [hex = '', port = ''] = local.split(':');
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse());
  const number = Number.parseInt(port, 16);
  if (bytes.length === 4) return `${bytes.map((byte) => Number.parseInt(byte, 16)).join('.')}:${number}`;
  const groups = (bytes.join('').match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16));
  const whole = groups.join(':');
  return `[${whole === '0:0:0:0:0:0:0:0' ? '::' : whole === '0:0:0:0:0:0:0:1' ? '::1' : whole}]:${number}`;
}

/** Empty where the process has ended since. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
