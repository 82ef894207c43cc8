import type { Clock } from '../workflow/ports.ts';

/**
 * Keeps answers for a while, and lets all who ask meanwhile share one look-up. A fault is not kept.
 * At most `most` answers are held, the oldest going first.
 */
export function createFresh<T>(look: (key: string) => Promise<T>, clock: Clock, maxAgeMs: number, most = 1000) {
  const held = new Map<string, { at: number; answer: Promise<T> }>();
  const holds = (key: string): boolean => clock.now().getTime() - (held.get(key)?.at ?? -Infinity) < maxAgeMs;
  const answer = (key: string): Promise<T> => {
    const found = held.get(key);
    const now = clock.now().getTime();
    if (found && now - found.at < maxAgeMs) return found.answer;
    const looking = look(key);
    held.delete(key);
    held.set(key, { at: now, answer: looking });
    looking.catch(() => {
      if (held.get(key)?.answer === looking) held.delete(key);
    });
    for (const oldest of held.keys()) {
      if (held.size <= most) break;
      held.delete(oldest);
    }
    return looking;
  };
  /** `holds`: it would be answered without a look-up. */
  return Object.assign(answer, { holds });
}
