import { parseExecutionArn } from '../../domain/task-execution.ts';
import { type ChosenExecution, chosenExecution } from '../../workflow/chosen-execution.ts';
import { type Bot, type Caller, type Click, openModalSeal } from '../bot.ts';
import { fillModal, sayInModal } from '../door.ts';
import { maySendAgain } from '../kept-form.ts';
import { refusedWords } from '../named.ts';
import { sayTooOld } from '../too-old.ts';
import { requestModal } from '../views/request-modal.ts';
import { TOO_OLD } from '../words-dropped.ts';
import { faultWords } from '../words-fault.ts';
import { typedValues } from './submit-request.ts';

/** An execution was chosen in the request modal: shows what it does now. */
export async function selectExecution(bot: Bot, caller: Caller, { value, view }: Click): Promise<void> {
  const { user } = caller;
  const modal = view && openModalSeal(bot, view.metadata, user);
  const execution = parseExecutionArn(value);
  if (!view) return sayTooOld(caller);
  if (!modal) {
    caller.log.warn('a form whose id does not open');
    return sayInModal(bot, caller, { id: view.id, title: 'Throttle' }, TOO_OLD);
  }
  await fillModal(bot, caller, { id: view.id, title: 'Throttle', doing: 'looking' }, async () => {
    const typed = typedValues(view);
    const form = { metadata: view.metadata, problem: null, now: bot.clock.now() };
    if (!execution.ok) {
      return requestModal({ ...form, values: typed, preview: null, previewProblem: NO_EXECUTION });
    }
    const ask = { user, channel: modal.c, execution: execution.value };
    const choice = await bot.lookUps.run('typing', `choice ${user} ${modal.c} ${value}`, () =>
      choiceOf(bot, caller, ask),
    );
    const label = typed.execution?.label ?? execution.value.executionId;
    return requestModal({
      ...form,
      values: { ...typed, execution: { arn: value, label } },
      preview: choice.kind === 'seen' ? choice.execution : null,
      previewProblem: await problemOf(bot, user, choice),
    });
  });
}

/** What keeps Slack or Redis from answering stands in the form too: what was typed there stays. */
async function choiceOf(bot: Bot, { log }: Caller, ask: Parameters<typeof chosenExecution>[1]): Promise<Seen> {
  try {
    return await chosenExecution(bot, ask);
  } catch (fault) {
    if (!maySendAgain(fault)) throw fault;
    log.warn({ err: fault }, 'a form without what was chosen');
    return { kind: 'fault', fault };
  }
}

type Seen = Exclude<ChosenExecution, { kind: 'fault' }> | { kind: 'fault'; fault: unknown };

const NO_EXECUTION = 'What was chosen is no task execution: choose one from the list, or paste its ARN there.';

async function problemOf(bot: Bot, user: string, choice: Seen): Promise<string | null> {
  switch (choice.kind) {
    case 'seen':
      return null;
    case 'fault':
      return faultWords(choice.fault, 'looking').text;
    case 'refused':
      return (await refusedWords(bot, user, choice.refusal)).text;
  }
}
