import type { Seals } from './seals.ts';

export interface SealDeps {
  seals: Seals;
}

/** The content of a request's button. */
interface RequestSeal {
  k: 'request';
  r: string;
}

/** The content of a modal's metadata: for whom it was opened, in which channel, and for which request. */
export interface ModalSeal {
  k: 'modal';
  u: string;
  c: string;
  r: string | null;
}

export function sealRequest({ seals }: SealDeps, r: string): string {
  return seals.seal({ k: 'request', r } satisfies RequestSeal);
}

/** The request id in a button; null if this bot did not make the button. */
export function openRequestSeal({ seals }: SealDeps, sealed: string): string | null {
  const value = seals.open(sealed) as RequestSeal | null;
  return value?.k === 'request' ? value.r : null;
}

export function sealExecution({ seals }: SealDeps, arn: string): string {
  return seals.seal({ k: 'execution', a: arn });
}

/** The ARN in a button; null if this bot did not make the button. */
export function openExecutionSeal({ seals }: SealDeps, sealed: string): string | null {
  const value = seals.open(sealed) as { k?: unknown; a?: unknown } | null;
  return value?.k === 'execution' && typeof value.a === 'string' ? value.a : null;
}

export function sealLink({ seals }: SealDeps, name: string): string {
  return seals.seal({ k: 'link', n: name });
}

/** The name of the link in a button; null if this bot did not make the button. */
export function openLinkSeal({ seals }: SealDeps, sealed: string): string | null {
  const value = seals.open(sealed) as { k?: unknown; n?: unknown } | null;
  return value?.k === 'link' && typeof value.n === 'string' ? value.n : null;
}

export function sealPage({ seals }: SealDeps, from: number): string {
  return seals.seal({ k: 'list', f: from });
}

/** The index of the first row of the page that a button leads to; null if this bot did not make the button. */
export function openPageSeal({ seals }: SealDeps, sealed: string): number | null {
  const value = seals.open(sealed) as { k?: unknown; f?: unknown } | null;
  return value?.k === 'list' && typeof value.f === 'number' ? value.f : null;
}

export function sealModal({ seals }: SealDeps, value: Omit<ModalSeal, 'k'>): string {
  return seals.seal({ k: 'modal', ...value } satisfies ModalSeal);
}

/** Null for metadata that this bot did not make, or made for another person. */
export function openModalSeal({ seals }: SealDeps, sealed: string, user: string): ModalSeal | null {
  const value = seals.open(sealed) as ModalSeal | null;
  return value?.k === 'modal' && value.u === user ? value : null;
}

/** A command, complete, for this person. `op`: the operation key of what was typed, which no other command's button has. */
export function sealCommand(
  { seals }: SealDeps,
  { user, text, op }: { user: string; text: string; op: string },
): string {
  return seals.seal({ k: 'command', u: user, t: text, o: op });
}

/** The command in a button; null if this bot did not make the button, or made it for another person. */
export function openCommandSeal({ seals }: SealDeps, sealed: string, user: string): string | null {
  const value = seals.open(sealed) as { k?: unknown; u?: unknown; t?: unknown } | null;
  return value?.k === 'command' && value.u === user && typeof value.t === 'string' ? value.t : null;
}
