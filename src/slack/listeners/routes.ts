import type { PlainTextOption } from '@slack/types';
import type { Command, Located } from '../command-text/command.ts';
import { parseCommand } from '../command-text/command-text.ts';
import type { Caller, Click, SubmitAnswer, View } from '../context/interaction.ts';
import { linkCommandOf, runLinkCommand } from '../interactions/links/run-link-command.ts';
import { showLinkStatus } from '../interactions/links/show-link-status.ts';
import { openAuditFilter, submitAuditFilter } from '../interactions/lookups/filter-audit.ts';
import { listExecutions, throttleListed, turnPage } from '../interactions/lookups/list-executions.ts';
import { listRequests } from '../interactions/lookups/list-requests.ts';
import { lookUp, showRequestHistory, turnAuditPage } from '../interactions/lookups/look-up-audit.ts';
import { showStatus } from '../interactions/lookups/show-status.ts';
import { exportLog, verifyLog } from '../interactions/lookups/verify-audit.ts';
import { cancel } from '../interactions/requests/cancel-request.ts';
import { extendOp, openExtend, submitExtend } from '../interactions/requests/extend-limit.ts';
import { choiceOp, locateCommand } from '../interactions/requests/locate-command.ts';
import { askAgain, openRequestModal } from '../interactions/requests/open-request-modal.ts';
import { openReviewModal } from '../interactions/requests/open-review.ts';
import { showPreview } from '../interactions/requests/preview-throttle.ts';
import { requestByCommand } from '../interactions/requests/request-by-command.ts';
import { revert } from '../interactions/requests/revert-now.ts';
import { selectExecution } from '../interactions/requests/select-execution.ts';
import { requestOp, submitRequest } from '../interactions/requests/submit-request.ts';
import { reviewOp, submitReview } from '../interactions/requests/submit-review.ts';
import { suggestExecutions } from '../interactions/requests/suggest-executions.ts';
import { undoClicked, undoTyped } from '../interactions/requests/undo-request.ts';
import { replyInvalidButton } from '../replies/invalid-seal-replies.ts';
import { openCommandSeal } from '../seals/sealed-ids.ts';
import { AUDIT_FILTER_MODAL } from '../views/audit/audit-filter.ts';
import {
  AUDIT_FILTER_ACTION,
  AUDIT_HISTORY_ACTION,
  AUDIT_NEWER_ACTION,
  AUDIT_OLDER_ACTION,
} from '../views/audit/audit-list.ts';
import {
  ASK_AGAIN_ACTION,
  CANCEL_ACTION,
  EXTEND_ACTION,
  REVERT_NOW_ACTION,
  REVIEW_ACTION,
} from '../views/cards/card.ts';
import { UNDO_ACTION } from '../views/cards/result.ts';
import { LINK_STATUS_ACTION } from '../views/links/link-sections.ts';
import {
  LIST_BACK_ACTION,
  LIST_NEXT_ACTION,
  LIST_REFRESH_ACTION,
  THROTTLE_ACTION,
} from '../views/lists/execution-list.ts';
import { helpMessage } from '../views/lists/help.ts';
import {
  CHOOSE_FORM_ACTION,
  CHOOSE_PREVIEW_ACTION,
  CHOOSE_STATUS_ACTION,
  CHOOSE_TARGET_ACTION,
} from '../views/lists/target-choice.ts';
import { EXTEND_MODAL } from '../views/modals/extend-modal.ts';
import { REQUEST_FIELDS, REQUEST_MODAL } from '../views/modals/request-modal.ts';
import { REVIEW_MODAL } from '../views/modals/review-modal.ts';
import { type Doing, notUnderstoodWords } from '../wording/reply-words.ts';
import type { Bot } from './bot.ts';

/** `doing` tells what a fault means for the person: what was not recorded, or only not shown. */
interface Route<H> {
  doing: Doing;
  /** For the policy's `viewers` alone. */
  viewers?: true | undefined;
  handle: H;
}

type CommandRoutes = {
  [K in Command['kind']]: Route<
    (bot: Bot, caller: Caller, command: Located<Extract<Command, { kind: K }>>) => Promise<void>
  >;
};

/** What can be typed, by its kind. */
export const COMMANDS: CommandRoutes = {
  ask: { doing: 'asking', handle: requestByCommand },
  'open-modal': { doing: 'asking', handle: (bot, caller, command) => openRequestModal(bot, caller, command.execution) },
  requests: { doing: 'looking', viewers: true, handle: listRequests },
  list: { doing: 'looking', viewers: true, handle: listExecutions },
  status: { doing: 'looking', viewers: true, handle: showStatus },
  why: { doing: 'looking', handle: showPreview },
  undo: { doing: 'asking', handle: undoTyped },
  audit: { doing: 'looking', handle: lookUp },
  'audit-verify': { doing: 'looking', handle: verifyLog },
  'audit-export': { doing: 'looking', handle: exportLog },
  help: { doing: 'looking', handle: (_, caller) => caller.say(helpMessage()) },
  'not-understood': {
    doing: 'asking',
    handle: (_, caller, command) => caller.say(notUnderstoodWords(command).text),
  },
};

/** Runs a command, once it is known which execution or which link it is about. */
export async function runCommand<K extends Command['kind']>(
  bot: Bot,
  caller: Caller,
  command: Extract<Command, { kind: K }>,
): Promise<void> {
  const ofLink = linkCommandOf(bot, command);
  if (ofLink) return runLinkCommand(bot, caller, ofLink);
  const located = await locateCommand(bot, caller, command);
  if (located) await COMMANDS[command.kind as K].handle(bot, caller, located);
}

interface ActionRoute extends Route<(bot: Bot, caller: Caller, click: Click) => Promise<void>> {
  /** It carries out a command, and counts as one against the policy's limits. */
  counts?: true;
  /** What it is recorded under, if not under the key of its click. */
  op?: (value: string) => string;
}

/** Goes on with a command of this kind, for the execution that was chosen, under the same checks. */
function goOnWith(kind: keyof CommandRoutes): ActionRoute {
  const { doing, viewers } = COMMANDS[kind];
  return {
    doing,
    viewers,
    handle: async (bot, caller, click) => {
      const text = openCommandSeal(bot, click.value, caller.user);
      const command = text === null ? null : parseCommand(text);
      if (command?.kind !== kind) return replyInvalidButton(caller);
      await runCommand(bot, caller, command);
    },
  };
}

/** Buttons and selects, by action id. */
export const ACTIONS: Readonly<Record<string, ActionRoute>> = {
  [REVIEW_ACTION]: { doing: 'deciding', handle: openReviewModal },
  [CANCEL_ACTION]: { doing: 'deciding', handle: cancel },
  [ASK_AGAIN_ACTION]: { doing: 'asking', handle: askAgain },
  [REVERT_NOW_ACTION]: { doing: 'deciding', handle: revert },
  [EXTEND_ACTION]: { doing: 'asking', handle: openExtend },
  [UNDO_ACTION]: { doing: 'asking', handle: undoClicked },
  // One button makes one request, however often it is pressed.
  [CHOOSE_TARGET_ACTION]: { ...goOnWith('ask'), counts: true, op: choiceOp },
  [CHOOSE_STATUS_ACTION]: { ...goOnWith('status'), counts: true },
  [CHOOSE_PREVIEW_ACTION]: { ...goOnWith('why'), counts: true },
  [CHOOSE_FORM_ACTION]: goOnWith('open-modal'),
  [LINK_STATUS_ACTION]: { doing: 'looking', viewers: true, counts: true, handle: showLinkStatus },
  [THROTTLE_ACTION]: { doing: 'asking', handle: throttleListed },
  [LIST_REFRESH_ACTION]: { doing: 'looking', viewers: true, handle: turnPage },
  [LIST_NEXT_ACTION]: { doing: 'looking', viewers: true, handle: turnPage },
  [LIST_BACK_ACTION]: { doing: 'looking', viewers: true, handle: turnPage },
  [AUDIT_OLDER_ACTION]: { doing: 'looking', handle: turnAuditPage },
  [AUDIT_NEWER_ACTION]: { doing: 'looking', handle: turnAuditPage },
  [AUDIT_HISTORY_ACTION]: { doing: 'looking', handle: showRequestHistory },
  [AUDIT_FILTER_ACTION]: { doing: 'looking', handle: openAuditFilter },
  [REQUEST_FIELDS.execution.action]: { doing: 'looking', handle: selectExecution },
};

/** Modals that come back, by callback id. */
export const SUBMITS: Readonly<
  Record<
    string,
    Route<(bot: Bot, caller: Caller, view: View) => Promise<SubmitAnswer>> & {
      title: string;
      /** What it is recorded under, if not under the key of its sending. */
      op?: (own: string, view: View) => string;
    }
  >
> = {
  [REQUEST_MODAL]: { doing: 'asking', title: 'Throttle', handle: submitRequest, op: requestOp },
  [EXTEND_MODAL]: { doing: 'asking', title: 'More time', handle: submitExtend, op: extendOp },
  [AUDIT_FILTER_MODAL]: { doing: 'looking', title: 'Audit log', handle: submitAuditFilter },
  [REVIEW_MODAL]: { doing: 'deciding', title: 'Review', handle: submitReview, op: reviewOp },
};

type Suggest = (bot: Bot, caller: Caller, ask: { metadata: string; query: string }) => Promise<PlainTextOption[]>;

/** Lists that Slack asks for while somebody types, by action id. */
export const SUGGESTIONS: Readonly<Record<string, Route<Suggest>>> = {
  [REQUEST_FIELDS.execution.action]: { doing: 'looking', handle: suggestExecutions },
};
