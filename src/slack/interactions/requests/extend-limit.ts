import { canExtend } from '../../../domain/request/decide-extend.ts';
import { ruleNow } from '../../../domain/request/decide-review.ts';
import { mayPass } from '../../../domain/request/refusal.ts';
import { parseDuration } from '../../../domain/time/duration.ts';
import type { RequestThrottleDeps } from '../../../workflow/commands/consider-request.ts';
import { extendGrant } from '../../../workflow/commands/extend-grant.ts';
import type { Clock } from '../../../workflow/ports/clock.ts';
import type { Ledger } from '../../../workflow/ports/ledger.ts';
import type { PolicySource } from '../../../workflow/ports/policy-source.ts';
import type { SlackClients } from '../../connection/clients.ts';
import { type Caller, type Click, type SubmitAnswer, type View, valueKey } from '../../context/interaction.ts';
import { invalidFormAnswer, replyInvalidButton } from '../../replies/invalid-seal-replies.ts';
import { openModal } from '../../replies/modal-updates.ts';
import { isRefusedBefore, type RequestOutcomeDeps, requestOutcomeWords } from '../../replies/request-outcome-words.ts';
import { refilledFormAnswer } from '../../replies/submit-answer.ts';
import { openModalSeal, openRequestSeal, type SealDeps, sealModal } from '../../seals/sealed-ids.ts';
import { nextRate } from '../../views/cards/limit-status-words.ts';
import { EXTEND_FIELDS, extendModal } from '../../views/modals/extend-modal.ts';
import { noticeModal } from '../../views/modals/notices.ts';
import { refusalWords } from '../../wording/refusal-words.ts';
import { plainWords, problemWords, REFUSED_BEFORE, type Words } from '../../wording/reply-words.ts';

interface OpenDeps extends SealDeps {
  ledger: Ledger;
  policy: PolicySource;
  clock: Clock;
  clients: SlackClients;
}

type SubmitDeps = RequestThrottleDeps & RequestOutcomeDeps & SealDeps;

const TITLE = 'More time';

/** `Extend` on a card or a warning: asks how much more. */
export async function openExtend(deps: OpenDeps, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(deps, click.value);
  if (!id) return replyInvalidButton(caller);
  const request = (await deps.ledger.load(id))?.request;
  const run = request ? (await deps.ledger.run(request.execution)).run : null;
  if (!request || !canExtend(request, run, deps.clock.now())) {
    await caller.say(refusalWords({ why: 'not-held' }).text);
    return;
  }
  const view = extendModal({
    metadata: sealModal(deps, { u: caller.user, c: request.channel, r: request.id }),
    request,
    next: nextRate(request, run, deps.clock.now()),
    rule: ruleNow(request, deps.policy.current()),
  });
  await openModal(deps, caller, view);
}

/** The modal comes back: asks for more time, or says under the field what is wrong. */
export async function submitExtend(deps: SubmitDeps, caller: Caller, view: View): Promise<SubmitAnswer> {
  const modal = openModalSeal(deps, view.metadata, caller.user);
  if (!modal?.r) return invalidFormAnswer(caller, TITLE);
  const more = parseDuration(typedIn(view, 'duration'));
  if (!more.ok) return answer(problemWords(more.problem, 'duration'), false);
  const reason = typedIn(view, 'reason') || null;
  const op = extendOp(caller.op, view);
  const asked = await extendGrant(deps, {
    request: modal.r,
    user: caller.user,
    moreSeconds: more.value,
    reason,
    op,
  });
  if (isRefusedBefore(asked)) return answer({ text: REFUSED_BEFORE, field: null }, false);
  const words = await requestOutcomeWords(deps, caller.user, asked);
  const passes = asked.kind === 'cannot-post' || (asked.kind === 'refused' && mayPass(asked.refusal));
  if (passes) return refilledFormAnswer(TITLE, words.text);
  return answer(words, asked.kind === 'asked' || asked.kind === 'repeated');
}

/** What it is recorded under; where the time can't be read, nothing is. */
export function extendOp(op: string, view: View): string {
  const more = parseDuration(typedIn(view, 'duration'));
  return more.ok ? `${op}:${more.value}` : op;
}

function typedIn(view: View, field: keyof typeof EXTEND_FIELDS): string {
  return view.values.get(valueKey(EXTEND_FIELDS[field]))?.trim() ?? '';
}

function answer(words: Words, done: boolean): SubmitAnswer {
  const later = { view: noticeModal(TITLE, words.text), text: words.text };
  if (done) return { now: { response_action: 'clear' }, later };
  const { field } = words;
  const plain = plainWords(words);
  if (field !== 'duration' && field !== 'reason')
    return { now: { response_action: 'update', view: later.view }, later };
  if (plain === null) return refilledFormAnswer(TITLE, words.text);
  return { now: { response_action: 'errors', errors: { [EXTEND_FIELDS[field].block]: plain } }, later };
}
