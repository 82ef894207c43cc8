import type { StringIndexed } from '@slack/bolt';
import type { Bot } from './bot.ts';
import type { InteractionRunner } from './interaction-runner.ts';
import type { TrackedInteraction } from './interaction-tracker.ts';

type Middleware = (args: { body: unknown; context: StringIndexed; next: () => Promise<void> }) => Promise<void>;

/** What each Bolt listener is made of. */
export interface ListenerDeps {
  bot: Bot;
  runner: InteractionRunner;
  /** Whether an interaction with this operation key has come before. */
  isRepeat: (op: string) => boolean;
  /** Bolt middleware that keeps the interaction on record from before its acknowledgement until all of it is done. */
  tracked: (read: (body: unknown) => TrackedInteraction | null) => Middleware;
}

/** The ids come from outside: `constructor` is no route. */
export function routeOf<T>(table: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(table, id) ? table[id] : undefined;
}
