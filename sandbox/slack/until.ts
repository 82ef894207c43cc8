import type { Workspace } from './workspace.ts';

/**
 * Resolves when `look` finds something (anything but undefined, null and false), looked for again at every change.
 * @throws Error after `timeoutMs`, with the latest calls, failures and breaches
 */
export function until<T>(
  workspace: Workspace,
  look: () => T | undefined | null | false,
  timeoutMs: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      off();
    };
    const again = (): void => {
      try {
        const found = look();
        if (found === undefined || found === null || found === false) return;
        end();
        resolve(found);
      } catch (fault) {
        end();
        reject(fault);
      }
    };
    const off = workspace.onChange(again);
    const timer = setTimeout(() => {
      end();
      reject(new Error(`not seen within ${timeoutMs} ms: ${look.toString()}\n${recent(workspace)}`));
    }, timeoutMs);
    again();
  });
}

function recent({ calls, failures, breaches }: Workspace): string {
  const short = (value: unknown): string => JSON.stringify(value).slice(0, 160);
  return [
    'latest calls:',
    ...calls.slice(-12).map((call) => `  ${call.method} ${call.ok ? 'ok' : call.error} ${short(call.args)}`),
    ...failures.slice(-5).map((one) => `failure: ${one.user} ${one.what}: ${one.error} (${one.status})`),
    ...breaches.slice(-5).map((one) => `breach: ${one.method}: ${one.messages.join('; ')}`),
  ].join('\n');
}
