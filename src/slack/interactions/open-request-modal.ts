import { writeDuration } from '../../domain/duration.ts';
import { writeRate } from '../../domain/rate.ts';
import type { ExecutionArn } from '../../domain/task-execution.ts';
import type { ThrottleRequest } from '../../domain/throttle-request.ts';
import { writeUntil } from '../../domain/until.ts';
import { isZone } from '../../domain/wall-time.ts';
import { listLacks, type Unlisted } from '../../workflow/list-executions.ts';
import { type Bot, type Caller, type Click, openRequestSeal, sealModal } from '../bot.ts';
import { updateModal } from '../error-replies.ts';
import { replyInvalidButton } from '../invalid-seal-replies.ts';
import { refusalWords } from '../refusal-words.ts';
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
  if (!id) return replyInvalidButton(caller);
  const stored = await bot.ledger.load(id);
  if (!stored) return caller.say(refusalWords({ why: 'unknown-request' }).text);
  const { execution, taskName, to, reason, channel } = stored.request;
  await open(bot, caller, channel, {
    execution: { arn: execution, label: taskName ?? execution.slice(-22) },
    rate: writeRate(to),
    duration: await endText(bot, caller, stored.request),
    reason: reason ?? '',
  });
}

/** The end as it was asked for: an instant on this person's own clock. */
async function endText(bot: Bot, { user }: Caller, { durationSeconds, until }: ThrottleRequest): Promise<string> {
  if (!until) return durationSeconds === null ? '' : writeDuration(durationSeconds);
  const { zone } = await bot.people.person(user);
  return `until ${writeUntil(new Date(until), zone && isZone(zone) ? zone : 'UTC')}`;
}

/** Needs nothing from AWS. Where an execution is to be chosen, what the list lacks is said when that is known. */
async function open(bot: Bot, caller: Caller, channel: string, values: RequestValues): Promise<void> {
  const { user, triggerId } = caller;
  if (!triggerId) throw new Error('nothing to open a modal with');
  const metadata = sealModal(bot, { u: user, c: channel, r: null });
  const facts = { metadata, values, problem: null, preview: null, previewProblem: null, now: bot.clock.now() };
  const { view } = await bot.clients.interactive.views.open({ trigger_id: triggerId, view: requestModal(facts) });
  if (values.execution !== null || !view?.id || !view.hash) return;
  const { id, hash } = view;
  bot.background(
    listLacks(bot, { user, channel }).then(async (lacks) => {
      if (lacks.length === 0) return;
      for (const lack of lacks) caller.log.warn(logged(lack), 'the list of executions is not whole');
      await updateModal(bot, caller, id, requestModal({ ...facts, lacks }), hash);
    }),
  );
}

function logged(lack: Unlisted) {
  if (lack.kind !== 'failed') return lack;
  const { region, role, fault } = lack.target;
  return { kind: lack.kind, region, role, err: fault };
}
