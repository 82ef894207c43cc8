import { parseExecutionArn } from '../../domain/task-execution.ts';
import { type Choice, lookAtChoice } from '../../workflow/look-at-choice.ts';
import { type Bot, type Caller, type Click, openModalSeal } from '../bot.ts';
import { fillModal } from '../door.ts';
import { refusedWords } from '../named.ts';
import { requestModal } from '../views/request-modal.ts';
import { faultWords } from '../words-fault.ts';
import { typedValues } from './submit-request.ts';

/** An execution was chosen in the request modal: shows what it does now. */
export async function selectExecution(bot: Bot, caller: Caller, { value, view }: Click): Promise<void> {
  const { user } = caller;
  const modal = view && openModalSeal(bot, view.metadata, user);
  const execution = parseExecutionArn(value);
  if (!view || !modal || !execution.ok) return;
  await fillModal(bot, caller, { id: view.id, title: 'Throttle', doing: 'looking' }, async () => {
    const choice = await lookAtChoice(bot, { user, channel: modal.c, execution: execution.value });
    const typed = typedValues(view);
    const label = typed.execution?.label ?? execution.value.executionId;
    return requestModal({
      metadata: view.metadata,
      values: { ...typed, execution: { arn: value, label } },
      problem: null,
      preview: choice.kind === 'seen' ? choice.execution : null,
      previewProblem: await problemOf(bot, user, choice),
      now: bot.clock.now(),
    });
  });
}

async function problemOf(bot: Bot, user: string, choice: Choice): Promise<string | null> {
  switch (choice.kind) {
    case 'seen':
      return null;
    case 'fault':
      return faultWords(choice.fault, 'looking').text;
    case 'refused':
      return (await refusedWords(bot, user, choice.refusal)).text;
  }
}
