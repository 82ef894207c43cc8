import { matchRule } from '../../domain/policy.ts';
import { parseExecutionArn, type TaskExecution } from '../../domain/task-execution.ts';
import { AwsFault } from '../../workflow/faults.ts';
import { type Bot, type Caller, type Click, openModalSeal } from '../bot.ts';
import { fillModal } from '../door.ts';
import { requestModal } from '../views/request-modal.ts';
import { faultWords } from '../words-fault.ts';
import { typedValues } from './submit-request.ts';

/** An execution was chosen in the request modal: shows what it does now. */
export async function selectExecution(bot: Bot, caller: Caller, { value, view }: Click): Promise<void> {
  const modal = view && openModalSeal(bot, view.metadata, caller.user);
  const execution = parseExecutionArn(value);
  if (!view || !modal || !execution.ok) return;
  await fillModal(bot, caller, { id: view.id, title: 'Throttle', doing: 'looking' }, async () => {
    const { account, region, taskId } = execution.value;
    const rule = matchRule(bot.policy.current().policy, { account, region, task: taskId, channel: modal.c });
    const seen = rule ? await lookAt(bot, execution.value, rule.role) : null;
    const typed = typedValues(view);
    const label = typed.execution?.label ?? execution.value.executionId;
    return requestModal({
      metadata: view.metadata,
      values: { ...typed, execution: { arn: value, label } },
      problem: null,
      preview: seen instanceof AwsFault ? null : seen,
      previewProblem: seen instanceof AwsFault ? faultWords(seen, 'looking').text : null,
      now: bot.clock.now(),
    });
  });
}

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
