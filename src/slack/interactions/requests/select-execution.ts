import { parseExecutionArn } from '../../../domain/execution/task-execution.ts';
import type { Clock } from '../../../workflow/ports/clock.ts';
import type { Executions } from '../../../workflow/ports/executions.ts';
import { type ChosenExecution, chosenExecution } from '../../../workflow/queries/chosen-execution.ts';
import type { SlackClients } from '../../connection/clients.ts';
import type { Caller, Click } from '../../context/interaction.ts';
import type { LookUps } from '../../context/look-ups.ts';
import { replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import { fillModal, showInModal } from '../../replies/modal-updates.ts';
import { canResubmit } from '../../replies/refilled-form.ts';
import { type RefusalReplyDeps, refusalReply } from '../../replies/refusal-replies.ts';
import { openModalSeal, type SealDeps } from '../../seals/sealed-ids.ts';
import { requestModal } from '../../views/modals/request-modal.ts';
import { faultWords } from '../../wording/fault-words.ts';
import { INVALID_SEAL } from '../../wording/ignored-words.ts';
import { typedValues } from './request-form.ts';

type Deps = RefusalReplyDeps &
  SealDeps & { clients: SlackClients; executions: Executions; clock: Clock; lookUps: LookUps };

/** An execution was chosen in the request modal: shows what it does now. */
export async function selectExecution(deps: Deps, caller: Caller, { value, view }: Click): Promise<void> {
  const { user } = caller;
  const modal = view && openModalSeal(deps, view.metadata, user);
  const execution = parseExecutionArn(value);
  if (!view) return replyInvalidButton(caller);
  if (!modal) {
    caller.log.warn('a form whose id does not open');
    return showInModal(deps, caller, { id: view.id, title: 'Throttle' }, INVALID_SEAL);
  }
  await fillModal(deps, caller, { id: view.id, title: 'Throttle', doing: 'looking' }, async () => {
    const typed = typedValues(view);
    const form = { metadata: view.metadata, problem: null, now: deps.clock.now() };
    if (!execution.ok) {
      return requestModal({ ...form, values: typed, preview: null, previewProblem: NO_EXECUTION });
    }
    const ask = { user, channel: modal.c, execution: execution.value };
    const choice = await deps.lookUps.run('typing', `choice ${user} ${modal.c} ${value}`, () =>
      choiceOf(deps, caller, ask),
    );
    const label = typed.execution?.label ?? execution.value.executionId;
    return requestModal({
      ...form,
      values: { ...typed, execution: { arn: value, label } },
      preview: choice.kind === 'seen' ? choice.execution : null,
      previewProblem: await problemOf(deps, user, choice),
    });
  });
}

/** If Slack or Redis does not answer, the form says so and keeps what was typed. */
async function choiceOf(
  deps: Deps,
  { log }: Caller,
  ask: Parameters<typeof chosenExecution>[1],
): Promise<ChoiceOrFault> {
  try {
    return await chosenExecution(deps, ask);
  } catch (fault) {
    if (!canResubmit(fault)) throw fault;
    log.warn({ err: fault }, 'a form without what was chosen');
    return { kind: 'fault', fault };
  }
}

type ChoiceOrFault = Exclude<ChosenExecution, { kind: 'fault' }> | { kind: 'fault'; fault: unknown };

const NO_EXECUTION = 'What was chosen is no task execution: choose one from the list, or paste its ARN there.';

async function problemOf(deps: Deps, user: string, choice: ChoiceOrFault): Promise<string | null> {
  switch (choice.kind) {
    case 'seen':
      return null;
    case 'fault':
      return faultWords(choice.fault, 'looking').text;
    case 'refused':
      return (await refusalReply(deps, user, choice.refusal)).text;
  }
}
