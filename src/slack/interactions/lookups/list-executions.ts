import { parseExecutionArn } from '../../../domain/execution/task-execution.ts';
import type { Clock } from '../../../workflow/ports/clock.ts';
import { listLinks } from '../../../workflow/queries/links/list-links.ts';
import { listRunning, type RunningDeps } from '../../../workflow/queries/list-running.ts';
import type { Caller, Click } from '../../context/interaction.ts';
import type { LogState } from '../../context/log-state.ts';
import type { LookUps } from '../../context/look-ups.ts';
import { replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import {
  openExecutionSeal,
  openPageSeal,
  type SealDeps,
  sealExecution,
  sealLink,
  sealPage,
} from '../../seals/sealed-ids.ts';
import { executionList, PAGE_SIZE } from '../../views/lists/execution-list.ts';
import type { MessageView } from '../../views/text/text.ts';
import { OUTSIDER } from '../../wording/access-words.ts';
import { type OpenRequestModalDeps, openRequestModal } from '../requests/open-request-modal.ts';

interface Deps extends RunningDeps, SealDeps {
  clock: Clock;
  lookUps: LookUps;
  audit: LogState;
}

/** Of how many executions of links the speed is read. */
const LINK_LOOKS = 50;

/** A person who asked sees something after this long, whatever AWS does. */
const FIRST_MS = 1500;
/** And the rest within five seconds in all. */
const REST_MS = 2600;

/** `list`: what is known at once, and, where that was not all, the rest. */
export async function listExecutions(deps: Deps, caller: Caller): Promise<void> {
  await show(deps, caller, 0, (message) => caller.say(message));
}

/** `Refresh`, `Next`, `Back`: the same message shows another page. */
export async function turnPage(deps: Deps, caller: Caller, click: Click): Promise<void> {
  const from = openPageSeal(deps, click.value);
  if (from === null) return replyInvalidButton(caller);
  await show(deps, caller, from, click.replace ?? ((message) => caller.say(message)));
}

/** `Throttle…` beside an execution: the form, with that execution in it. */
export async function throttleListed(deps: OpenRequestModalDeps, caller: Caller, click: Click): Promise<void> {
  const execution = parseExecutionArn(openExecutionSeal(deps, click.value) ?? '');
  if (!execution.ok) return replyInvalidButton(caller);
  await openRequestModal(deps, caller, execution.value);
}

async function show(
  deps: Deps,
  caller: Caller,
  from: number,
  put: (message: MessageView) => Promise<void>,
): Promise<void> {
  const { user, channel } = caller;
  for (const withinMs of [FIRST_MS, REST_MS]) {
    const ask = { user, channel, from, withinMs };
    // The message too is made once for all that share the look: many made in one turn would keep others waiting.
    const listed = await deps.lookUps.run('asked', `list ${JSON.stringify(ask)}`, () => look(deps, ask));
    if (listed === null) return caller.say(OUTSIDER);
    await put(listed.message);
    if (listed.complete) return;
  }
}

/** Null: they may not look. */
async function look(
  deps: Deps,
  ask: { user: string; channel: string | null; from: number; withinMs: number },
): Promise<{ message: MessageView; complete: boolean } | null> {
  const { withinMs } = ask;
  const [listed, links] = await Promise.all([
    listRunning(deps, { ...ask, size: PAGE_SIZE }),
    ask.from === 0 ? listLinks(deps, { size: PAGE_SIZE, looks: LINK_LOOKS, withinMs }) : null,
  ]);
  if (listed.kind === 'no-member') return null;
  const { running } = listed;
  const message = executionList({
    running,
    links,
    final: withinMs === REST_MS,
    lost: deps.audit.lost() !== null,
    now: deps.clock.now(),
    sealExecution: (arn) => sealExecution(deps, arn),
    sealLink: (name) => sealLink(deps, name),
    sealPage: (at) => sealPage(deps, at),
  });
  return { message, complete: running.complete && (links?.complete ?? true) };
}
