import type { CardPart, Cards } from '../workflow/ports.ts';

/** Null: said. Otherwise when to try again, and why. */
export type Told = { againInSeconds: number; why: string } | null;

const BUSY: Told = { againInSeconds: 0.5, why: 'another bot is at this card' };

class TurnLost extends Error {}

/**
 * Lets one bot at a time write a request's messages. `work` calls `still` before each message: where the turn has gone to
 * another bot meanwhile, nothing more is written, and this one comes back later.
 */
export function createCardTurn(cards: Pick<Cards, 'lock'>) {
  return async function inTurn(
    id: string,
    part: CardPart,
    work: (still: () => Promise<void>) => Promise<Told>,
  ): Promise<Told> {
    const unlock = await cards.lock(id, part);
    if (!unlock) return BUSY;
    try {
      return await work(async () => {
        if (!(await unlock.isHeld())) throw new TurnLost(`the turn to write the messages of ${id} has gone to another`);
      });
    } catch (fault) {
      if (fault instanceof TurnLost) return BUSY;
      throw fault;
    } finally {
      await unlock();
    }
  };
}
