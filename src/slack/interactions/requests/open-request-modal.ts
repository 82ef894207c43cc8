import type { ExecutionArn } from '../../../domain/execution/task-execution.ts';
import { writeRate } from '../../../domain/rate/rate.ts';
import type { ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import { writeDuration } from '../../../domain/time/duration.ts';
import { writeUntil } from '../../../domain/time/until.ts';
import { isZone } from '../../../domain/time/wall-time.ts';
import type { Clock } from '../../../workflow/ports/clock.ts';
import type { Ledger } from '../../../workflow/ports/ledger.ts';
import { type ListDeps, listLacks, type Unlisted } from '../../../workflow/queries/list-executions.ts';
import type { SlackClients } from '../../connection/clients.ts';
import type { Background } from '../../context/background.ts';
import type { Caller, Click } from '../../context/interaction.ts';
import { replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import { openModal, updateModal } from '../../replies/modal-updates.ts';
import { openRequestSeal, type SealDeps, sealModal } from '../../seals/sealed-ids.ts';
import { type RequestValues, requestModal } from '../../views/modals/request-modal.ts';
import { refusalWords } from '../../wording/refusal-words.ts';

export interface OpenRequestModalDeps extends ListDeps, SealDeps, Background {
  clients: SlackClients;
  clock: Clock;
}

type AgainDeps = OpenRequestModalDeps & { ledger: Ledger };

const EMPTY: RequestValues = { execution: null, rate: '', duration: '', reason: '' };

/** No words, or an ARN alone. */
export async function openRequestModal(
  deps: OpenRequestModalDeps,
  caller: Caller,
  execution: ExecutionArn | null,
): Promise<void> {
  await open(deps, caller, caller.channel ?? '', {
    ...EMPTY,
    execution: execution && { arn: execution.arn, label: execution.executionId },
  });
}

/** `Ask again` on a request that ended as stale: the same question, with the rate in force now. */
export async function askAgain(deps: AgainDeps, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(deps, click.value);
  if (!id) return replyInvalidButton(caller);
  const stored = await deps.ledger.load(id);
  if (!stored) return caller.say(refusalWords({ why: 'unknown-request' }).text);
  const { execution, taskName, to, reason, channel } = stored.request;
  await open(deps, caller, channel, {
    execution: { arn: execution, label: taskName ?? execution.slice(-22) },
    rate: writeRate(to),
    duration: await endText(deps, caller, stored.request),
    reason: reason ?? '',
  });
}

/** The end as it was asked for: an instant on this person's own clock. */
async function endText(
  deps: OpenRequestModalDeps,
  { user }: Caller,
  { durationSeconds, until }: ThrottleRequest,
): Promise<string> {
  if (!until) return durationSeconds === null ? '' : writeDuration(durationSeconds);
  const { zone } = await deps.people.person(user);
  return `until ${writeUntil(new Date(until), zone && isZone(zone) ? zone : 'UTC')}`;
}

/** Needs nothing from AWS. Where an execution is to be chosen, what the list lacks is said when that is known. */
async function open(deps: OpenRequestModalDeps, caller: Caller, channel: string, values: RequestValues): Promise<void> {
  const { user } = caller;
  const metadata = sealModal(deps, { u: user, c: channel, r: null });
  const facts = { metadata, values, problem: null, preview: null, previewProblem: null, now: deps.clock.now() };
  const view = await openModal(deps, caller, requestModal(facts));
  if (values.execution !== null || !view?.id || !view.hash) return;
  const { id, hash } = view;
  deps.background(
    listLacks(deps, { user, channel }).then(async (lacks) => {
      if (lacks.length === 0) return;
      for (const lack of lacks) caller.log.warn(logged(lack), 'the list of executions is not whole');
      await updateModal(deps, caller, id, requestModal({ ...facts, lacks }), hash);
    }),
  );
}

function logged(lack: Unlisted) {
  if (lack.kind !== 'failed') return lack;
  const { region, role, fault } = lack.target;
  return { kind: lack.kind, region, role, err: fault };
}
