import { matchRule } from '../../domain/policy.ts';
import { parseExecutionArn, type TaskExecution } from '../../domain/task-execution.ts';
import { AwsFault } from '../../workflow/faults.ts';
import { type Bot, type Caller, type Click, openModalSeal } from '../bot.ts';
import { fillModal, sayInModal } from '../door.ts';
import { sayTooOld } from '../too-old.ts';
import { requestModal } from '../views/request-modal.ts';
import { TOO_OLD } from '../words-dropped.ts';
import { faultWords } from '../words-fault.ts';
import { typedValues } from './submit-request.ts';

/** An execution was chosen in the request modal: shows what it does now. */
export async function selectExecution(bot: Bot, caller: Caller, { value, view }: Click): Promise<void> {
  const modal = view && openModalSeal(bot, view.metadata, caller.user);
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
    const { account, region, taskId } = execution.value;
    const rule = matchRule(bot.policy.current().policy, { account, region, task: taskId, channel: modal.c });
    const seen = rule ? await lookAt(bot, execution.value, rule.role) : null;
    const label = typed.execution?.label ?? execution.value.executionId;
    return requestModal({
      ...form,
      values: { ...typed, execution: { arn: value, label } },
      preview: seen instanceof AwsFault ? null : seen,
      previewProblem: seen instanceof AwsFault ? faultWords(seen, 'looking').text : null,
    });
  });
}

const NO_EXECUTION = 'What was chosen is no task execution: choose one from the list, or paste its ARN there.';

async function lookAt(
  bot: Bot,
  execution: Parameters<Bot['executions']['describe']>[0],
  role: string | null,
): Promise<TaskExecution | AwsFault> {
  try {
    return await bot.executions.describe(execution, { role, session: { kind: 'read' } });
  } catch (fault) {
    if (fault instanceof AwsFault) return fault;
    throw fault;
  }
}
