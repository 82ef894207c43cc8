import PQueue from 'p-queue';

/** What somebody waits for: a list that opens while they type, an answer to what they sent, or a Home tab that follows by itself. */
type Urgency = 'typing' | 'asked' | 'home';

const PRIORITY: Readonly<Record<Urgency, number>> = { typing: 2, asked: 1, home: 0 };
/** Most of a look-up is waiting for AWS, Redis and Slack. */
const AT_ONCE = 12;
const MAX_WAITING = 500;

/** More people look at once than can be answered in a reasonable time. */
export class TooBusy extends Error {
  override readonly name = 'TooBusy';
}

/** Look-ups that read AWS or many records: a few at a time, so that nothing else waits behind them. */
export interface LookUps {
  /**
   * `key` names what is looked up and for whom: who looks up the same while it is under way shares the answer, so that it must
   * hold everything that the answer depends on. Null: it is shared with nobody.
   * @throws TooBusy, and what `look` throws
   */
  run<T>(urgency: Urgency, key: string | null, look: () => Promise<T>): Promise<T>;
}

export function createLookUps({ atOnce = AT_ONCE, mostWaiting = MAX_WAITING } = {}): LookUps {
  const queue = new PQueue({ concurrency: atOnce });
  const underWay = new Map<string, Promise<unknown>>();

  function add<T>(urgency: Urgency, look: () => Promise<T>): Promise<T> {
    if (queue.size >= mostWaiting) return Promise.reject(new TooBusy(`${queue.size} look-ups wait already`));
    return queue.add(look, { priority: PRIORITY[urgency] });
  }

  return {
    run<T>(urgency: Urgency, key: string | null, look: () => Promise<T>): Promise<T> {
      if (key === null) return add(urgency, look);
      const shared = underWay.get(key) as Promise<T> | undefined;
      if (shared) return shared;
      const looking = add(urgency, look).finally(() => underWay.delete(key));
      underWay.set(key, looking);
      return looking;
    },
  };
}
