import { canExtend } from '../../domain/decide-extend.ts';
import { ruleNow } from '../../domain/decide-review.ts';
import { parseDuration } from '../../domain/duration.ts';
import { mayPass } from '../../domain/refusal.ts';
import { extendGrant } from '../../workflow/extend-grant.ts';
import {
  type Bot,
  type Caller,
  type Click,
  openModalSeal,
  openRequestSeal,
  type SubmitAnswer,
  sealModal,
  type View,
} from '../bot.ts';
import { keptFormAnswer } from '../submit-answer.ts';
import { sayTooOld, tooOldForm } from '../too-old.ts';
import { EXTEND_FIELDS, extendModal } from '../views/extend-modal.ts';
import { noticeModal } from '../views/notices.ts';
import { plainWords, problemWords, REFUSED_BEFORE, type Words } from '../words.ts';
import { refusalWords } from '../words-refusal.ts';
import { askedWords } from './ask-throttle.ts';
import { isRefusedBefore, valueKey } from './submit-request.ts';

const TITLE = 'More time';

/** `Extend` on a card or a warning: asks how much more. */
export async function openExtend(bot: Bot, caller: Caller, click: Click): Promise<void> {
  const id = openRequestSeal(bot, click.value);
  if (!id) return sayTooOld(caller);
  if (!caller.triggerId) throw new Error('nothing to open a modal with');
  const request = (await bot.ledger.load(id))?.request;
  if (!request || !canExtend(request)) {
    await caller.say(refusalWords({ why: 'not-held' }).text);
    return;
  }
  const view = extendModal({
    metadata: sealModal(bot, { u: caller.user, c: request.channel, r: request.id }),
    request,
    rule: ruleNow(request, bot.policy.current()),
  });
  await bot.clients.prompt.views.open({ trigger_id: caller.triggerId, view });
}

/** The modal comes back: asks for more time, or says under the field what is wrong. */
export async function submitExtend(bot: Bot, caller: Caller, view: View): Promise<SubmitAnswer> {
  const modal = openModalSeal(bot, view.metadata, caller.user);
  if (!modal?.r) return tooOldForm(caller, TITLE);
  const more = parseDuration(typedIn(view, 'duration'));
  if (!more.ok) return answer(problemWords(more.problem, 'duration'), false);
  const reason = typedIn(view, 'reason') || null;
  const op = extendOp(caller.op, view);
  const asked = await extendGrant(bot, {
    ...{ request: modal.r, user: caller.user, moreSeconds: more.value, reason, op },
  });
  if (isRefusedBefore(asked)) return answer({ text: REFUSED_BEFORE, field: null }, false);
  const words = await askedWords(bot, caller.user, asked);
  const passes = asked.kind === 'cannot-post' || (asked.kind === 'refused' && mayPass(asked.refusal));
  if (passes) return keptFormAnswer(TITLE, words.text);
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
  if (plain === null) return keptFormAnswer(TITLE, words.text);
  return { now: { response_action: 'errors', errors: { [EXTEND_FIELDS[field].block]: plain } }, later };
}
