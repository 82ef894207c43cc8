import type { EffectKind } from '../workflow/ports/outbox.ts';

/**
 * What part of the slots has to stay free for other work. What ends a limit takes any slot. A change that was approved waits
 * for AWS, and for Slack to say who is in a group; a poll waits for both, and can come later. However many of them hang, the
 * others find a slot.
 */
const KEPT_FREE: Partial<Record<EffectKind, number>> = { apply: 1 / 4, watch: 1 / 2 };

/**
 * Whether work of a kind may begin beside `inHand` other pieces. `width`: the slots for new work. `most`: those that are there
 * with the ones for work that is taken over.
 */
export function hasSlot(kind: EffectKind, inHand: number, width: number, most: number): boolean {
  const kept = Math.floor(width * (KEPT_FREE[kind] ?? 0));
  return inHand < (kept === 0 ? most : width - kept);
}
