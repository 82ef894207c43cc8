import type { StringIndexed } from '@slack/bolt';

/** Until it is over, an interaction that is tracked is not acknowledged. */
export async function onRecord({ onRecord: entered }: StringIndexed): Promise<void> {
  if (entered instanceof Promise) await entered;
}

/** When an interaction arrived, as its receiver noted it. */
export function arrivalOf(context: StringIndexed): number {
  const { arrivedAt } = context;
  return typeof arrivedAt === 'number' ? arrivedAt : performance.now();
}
