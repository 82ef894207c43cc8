import type { Log } from '../../logging/logger.ts';
import { sleepUntilAborted } from '../../timing/sleep-until-aborted.ts';
import { repeatStep } from '../../worker/repeat-step.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { Timers } from '../../workflow/ports/outbox.ts';
import type { PolicySource } from '../../workflow/ports/policy-source.ts';

const EVERY_MS = 1_000;
/** Work of a link comes again by itself: this is for work that was lost. */
const ROUNDS_TO_RESTORE = 300;

/** Has the executions of each link looked for: at the start, when another policy is loaded, and where that work was lost. */
export function startLinks({
  timers,
  policy,
  clock,
  log,
}: {
  timers: Pick<Timers, 'ensure'>;
  policy: Pick<PolicySource, 'current'>;
  clock: Clock;
  log: Log;
}) {
  const stopping = new AbortController();
  const { signal } = stopping;
  let begunFor = '';
  let rounds = 0;
  const running = repeatStep(
    'links',
    async () => {
      const { policy: now, digest } = policy.current();
      if (digest !== begunFor || rounds === 0) {
        const at = clock.now();
        await timers.ensure(now.links.map(({ name: link }) => ({ effect: { kind: 'link', link }, at })));
        begunFor = digest;
      }
      rounds = (rounds + 1) % ROUNDS_TO_RESTORE;
      await sleepUntilAborted(EVERY_MS, signal, { ref: false });
    },
    { signal, log, onTurn: () => {} },
  );
  return {
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
