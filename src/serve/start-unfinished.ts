import type { Log } from '../logging/logger.ts';
import type { SlackClients } from '../slack/connection/clients.ts';
import { type InteractionTracker, trackInteractions } from '../slack/listeners/interaction-tracker.ts';
import { sendDirectMessage } from '../slack/replies/private-replies.ts';
import type { Seals } from '../slack/seals/seals.ts';
import type { RedisLedger } from '../store/ledger/ledger.ts';
import { createUnfinishedStore } from '../store/work/unfinished-store.ts';
import type { OpenRedis } from './open-redis.ts';

/** Starts to tell people what came of interactions whose bot ended before it was done with them. */
export function startUnfinished({
  store: { redis, keys },
  ledger,
  clients,
  seals,
  abandonedMs,
  log,
}: {
  store: OpenRedis;
  ledger: Pick<RedisLedger, 'settle'>;
  clients: SlackClients;
  seals: Seals;
  abandonedMs: number | undefined;
  log: Log;
}): InteractionTracker {
  return trackInteractions({
    store: createUnfinishedStore(redis, keys),
    seals,
    log,
    staleMs: abandonedMs,
    settle: ledger.settle,
    say: (user, text) => sendDirectMessage({ clients }, user, text),
  });
}
