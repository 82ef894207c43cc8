import { hasPlace } from '../../../domain/request/private-request.ts';
import type { Clock } from '../../../workflow/ports/clock.ts';
import { executionStatus } from '../../../workflow/queries/execution-status.ts';
import type { RunningDeps } from '../../../workflow/queries/list-running.ts';
import type { Command, Located } from '../../command-text/command.ts';
import type { Caller } from '../../context/interaction.ts';
import type { LogState } from '../../context/log-state.ts';
import type { LookUps } from '../../context/look-ups.ts';
import { type CardLinkDeps, linkOf } from '../../posting/card-links.ts';
import { type SealDeps, sealExecution } from '../../seals/sealed-ids.ts';
import { executionStatusMessage } from '../../views/lists/execution-status.ts';
import { OUTSIDER } from '../../wording/access-words.ts';
import { refusalWords } from '../../wording/refusal-words.ts';

type Deps = RunningDeps & CardLinkDeps & SealDeps & { clock: Clock; audit: LogState; lookUps: LookUps };

/** `status <arn>`: one execution in full. */
export async function showStatus(
  deps: Deps,
  caller: Caller,
  { execution }: Located<Extract<Command, { kind: 'status' }>>,
): Promise<void> {
  const { user, channel } = caller;
  const status = await deps.lookUps.run('asked', `status ${user} ${channel} ${execution.arn}`, () =>
    executionStatus(deps, { user, channel, execution }),
  );
  switch (status.kind) {
    case 'no-member':
      return caller.say(OUTSIDER);
    case 'not-named': {
      const { account, region } = execution;
      return caller.say(refusalWords({ why: 'no-rule', account, region, elsewhere: [] }).text);
    }
    case 'status': {
      const card = status.open && hasPlace(status.open) ? await linkOf(deps, status.open.id) : null;
      const throttle = status.mayRequest ? sealExecution(deps, execution.arn) : null;
      return caller.say(
        executionStatusMessage({ status, card, throttle, lost: deps.audit.lost() !== null, now: deps.clock.now() }),
      );
    }
  }
}
