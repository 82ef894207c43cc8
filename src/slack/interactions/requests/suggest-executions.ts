import type { PlainTextOption } from '@slack/types';
import { type ListDeps, listExecutions } from '../../../workflow/queries/list-executions.ts';
import type { Caller } from '../../context/interaction.ts';
import type { LookUps } from '../../context/look-ups.ts';
import { openModalSeal, type SealDeps } from '../../seals/sealed-ids.ts';
import { executionOption, unknownOption } from '../../views/modals/request-modal.ts';

interface Deps extends ListDeps, SealDeps {
  lookUps: LookUps;
}

/** Slack takes 100 options at most. */
const MOST = 100;

/** The searchable list of running and queued executions. */
export async function suggestExecutions(
  deps: Deps,
  caller: Caller,
  { metadata, query }: { metadata: string; query: string },
): Promise<PlainTextOption[]> {
  const modal = openModalSeal(deps, metadata, caller.user);
  if (!modal) {
    // A list of options has no room for words; the form says so when it is sent.
    caller.log.warn('a list of a form whose id does not open');
    return [];
  }
  const ask = { user: caller.user, channel: modal.c, query };
  const listed = () => listExecutions(deps, ask);
  const { executions, unknown } = await deps.lookUps.run('typing', `suggest ${JSON.stringify(ask)}`, listed);
  if (executions.length === 0 && unknown) return [unknownOption()];
  return executions.slice(0, MOST).map(executionOption);
}
