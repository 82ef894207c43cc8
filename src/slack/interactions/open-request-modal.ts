import { writeDuration } from '../../domain/duration.ts';
import { writeRate } from '../../domain/rate.ts';
import type { ExecutionArn } from '../../domain/task-execution.ts';
import { type Bot, type Caller, type Click, openRequestSeal, sealModal } from '../bot.ts';
import { type RequestValues, requestModal } from '../views/request-modal.ts';

const EMPTY: RequestValues = { execution: null, rate: '', duration: '', reason: '' };

/** No words, or an ARN alone. */
export async function openRequestModal(bot: Bot, caller: Caller, execution: ExecutionArn | null): Promise<void> {
  await open(bot, caller, caller.channel ?? '', {
    ...EMPTY,
    execution: execution && { arn: execution.arn, label: execution.executionId },
  });
}

/** `Ask again` on a request that ended as stale: the same question, with the rate in force now. */
export async function askAgain(bot: Bot, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(bot, click.value);
  const stored = id && (await bot.ledger.load(id));
  if (!stored) return;
  const { execution, taskName, to, durationSeconds, reason, channel } = stored.request;
  await open(bot, caller, channel, {
    execution: { arn: execution, label: taskName ?? execution.slice(-22) },
    rate: writeRate(to),
    duration: durationSeconds === null ? '' : writeDuration(durationSeconds),
    reason: reason ?? '',
  });
}

/** Needs nothing from AWS: the list of executions is asked for when somebody looks at it. */
async function open(bot: Bot, { user, triggerId }: Caller, channel: string, values: RequestValues): Promise<void> {
  if (!triggerId) throw new Error('nothing to open a modal with');
  const metadata = sealModal(bot, { u: user, c: channel, r: null });
  const empty = { problem: null, preview: null, previewProblem: null, now: bot.clock.now() };
  await bot.clients.prompt.views.open({ trigger_id: triggerId, view: requestModal({ metadata, values, ...empty }) });
}
