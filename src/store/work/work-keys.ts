import { type Effect, STREAM_OF, type StreamName } from '../../workflow/ports/outbox.ts';
import type { Keys } from '../connection/keys.ts';

/** The consumer group of the workers, in each stream. */
export const GROUP = 'workers';

/** In the order in which scripts name them. */
export const STREAMS = ['aws', 'slack'] as const satisfies readonly StreamName[];

export function outboxKey(keys: Keys, stream: StreamName): string {
  return stream === 'aws' ? keys.awsOutbox : keys.slackOutbox;
}

/** How a piece of work is written down, in a stream and as a timer. */
export function effectText(effect: Effect): string {
  switch (effect.kind) {
    case 'link':
      return JSON.stringify({ kind: effect.kind, link: effect.link });
    case 'member':
      return JSON.stringify({ kind: effect.kind, execution: effect.execution });
    default:
      return JSON.stringify({ kind: effect.kind, request: effect.request });
  }
}

/** For scripts: the place among `STREAMS`, from 1, by kind of work. */
export const KINDS = JSON.stringify(
  Object.fromEntries(Object.entries(STREAM_OF).map(([kind, stream]) => [kind, STREAMS.indexOf(stream) + 1])),
);

/** How many dead letters are kept: the newest. */
export const MAX_DEAD_LETTERS = 1000;
