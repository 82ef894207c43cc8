import { type Effect, type EffectKind, STREAM_OF } from '../../workflow/ports/outbox.ts';

/** What an entry of a stream, or a timer, says. */
export type ReadEffect =
  | { kind: 'effect'; effect: Effect }
  /** Of a newer version. `known`: the kind is known here, but not what it is about. */
  | { kind: 'newer'; name: string; known: boolean }
  | { kind: 'unreadable' };

/** Reads an effect as it is stored. What a newer version adds to it is kept. */
export function readEffect(text: string): ReadEffect {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || !('kind' in value) || typeof value.kind !== 'string') {
    return { kind: 'unreadable' };
  }
  const { kind } = value;
  if (!isKind(kind)) return { kind: 'newer', name: kind, known: false };
  const effect = effectOf(kind, value as Record<string, unknown>);
  return effect ? { kind: 'effect', effect } : { kind: 'newer', name: kind, known: true };
}

function effectOf(kind: EffectKind, value: Record<string, unknown>): Effect | null {
  const { link, execution, request } = value;
  switch (kind) {
    case 'link':
      return typeof link === 'string' ? { ...value, kind, link } : null;
    case 'member':
      return typeof execution === 'string' ? { ...value, kind, execution } : null;
    default:
      return typeof request === 'string' ? { ...value, kind, request } : null;
  }
}

function isKind(kind: string): kind is EffectKind {
  return Object.hasOwn(STREAM_OF, kind);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
