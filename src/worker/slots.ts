import { type Effect, type EffectKind, regionOf } from '../workflow/ports/outbox.ts';

/**
 * What part of the slots has to stay free for other work. What ends a limit takes any slot. A change that was approved waits
 * for AWS, and for Slack to say who is in a group; a poll waits for both, and can come later. However many of them hang, the
 * others find a slot.
 */
const KEPT_FREE: Partial<Record<EffectKind, number>> = { apply: 1 / 4, watch: 1 / 2, link: 1 / 2, member: 1 / 4 };

/** Of the slots, what the executions of one Region may take at most, so that one that hangs does not delay the others. */
const ONE_REGION = 3 / 8;

/**
 * Whether work may begin beside what is in hand. `width`: the slots for new work. `most`: those that are there with the ones
 * for work that is taken over.
 */
export function hasSlot(effect: Effect, inHand: readonly Effect[], width: number, most: number): boolean {
  const kept = Math.floor(width * (KEPT_FREE[effect.kind] ?? 0));
  if (inHand.length >= (kept === 0 ? most : width - kept)) return false;
  const region = regionOf(effect);
  const beside = region === null ? 0 : inHand.filter((one) => regionOf(one) === region).length;
  return beside < Math.max(1, Math.floor(width * ONE_REGION));
}
