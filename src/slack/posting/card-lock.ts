import type { CardPart, Cards } from '../../workflow/ports/cards.ts';

/** Null: done. Otherwise when the worker has to try again, and why. */
export type RetryLater = { againInSeconds: number; why: string } | null;

const BUSY: RetryLater = { againInSeconds: 0.5, why: 'another bot is at this card' };

class LockLost extends Error {}

/**
 * Lets one bot at a time write the messages of a request. `work` calls `assertLocked` before it sends anything: if another bot
 * has taken the lock meanwhile, nothing more is sent, and the work is tried again later.
 */
export function createCardLock(cards: Pick<Cards, 'lock'>) {
  return async function withCardLock(
    id: string,
    part: CardPart,
    work: (assertLocked: () => Promise<void>) => Promise<RetryLater>,
  ): Promise<RetryLater> {
    const unlock = await cards.lock(id, part);
    if (!unlock) return BUSY;
    try {
      return await work(async () => {
        if (!(await unlock.isHeld())) throw new LockLost(`the turn to write the messages of ${id} has gone to another`);
      });
    } catch (fault) {
      if (fault instanceof LockLost) return BUSY;
      throw fault;
    } finally {
      await unlock();
    }
  };
}

export type CardLock = ReturnType<typeof createCardLock>;
