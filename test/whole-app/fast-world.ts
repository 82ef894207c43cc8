import type { WorldOptions } from '../../sandbox/local-world.ts';
import { givenWorld } from './world.ts';

const SPEED = 60;
/** A busy machine falls behind a clock that runs so fast. */
export const PATIENCE = { timeoutMs: 60_000 };

/** A world in which a minute passes in a second, for the bot and for AWS alike. `options`: to start another bot in it. */
export function givenFastWorld(more: Pick<WorldOptions, 'policy'>) {
  const began = Date.now();
  const now = () => new Date(began + (Date.now() - began) * SPEED);
  // Messages are sent at a pace by this machine's clock.
  const options = { clock: { now }, slackMinuteMs: 60_000 / SPEED };
  return { at: givenWorld({ serve: options, aws: { now }, ...more }), options };
}
