import type { PlainTextOption } from '@slack/types';
import type { Bot, Caller, Click, SubmitAnswer, View } from './bot.ts';
import type { Command } from './command-text.ts';
import { askThrottle } from './interactions/ask-throttle.ts';
import { cancel } from './interactions/cancel-request.ts';
import { listRequests } from './interactions/list-requests.ts';
import { lookUp } from './interactions/look-up-audit.ts';
import { askAgain, openRequestModal } from './interactions/open-request-modal.ts';
import { openReviewModal } from './interactions/open-review.ts';
import { selectExecution } from './interactions/select-execution.ts';
import { submitRequest } from './interactions/submit-request.ts';
import { submitReview } from './interactions/submit-review.ts';
import { suggestExecutions } from './interactions/suggest-executions.ts';
import { ASK_AGAIN_ACTION, CANCEL_ACTION, REVIEW_ACTION } from './views/card.ts';
import { helpMessage } from './views/help.ts';
import { REQUEST_FIELDS, REQUEST_MODAL } from './views/request-modal.ts';
import { REVIEW_MODAL } from './views/review-modal.ts';
import { type Doing, notUnderstoodWords } from './words.ts';

/** `doing` tells what a fault means for the person: what was not recorded, or only not shown. */
interface Route<H> {
  doing: Doing;
  handle: H;
}

type CommandRoutes = {
  [K in Command['kind']]: Route<(bot: Bot, caller: Caller, command: Extract<Command, { kind: K }>) => Promise<void>>;
};

/** What can be typed, by its kind. */
export const COMMANDS: CommandRoutes = {
  ask: { doing: 'asking', handle: askThrottle },
  'open-modal': { doing: 'asking', handle: (bot, caller, command) => openRequestModal(bot, caller, command.execution) },
  requests: { doing: 'looking', handle: listRequests },
  audit: { doing: 'looking', handle: lookUp },
  help: { doing: 'looking', handle: (_, caller) => caller.say(helpMessage()) },
  'not-understood': {
    doing: 'asking',
    handle: (_, caller, command) => caller.say(notUnderstoodWords(command).text),
  },
};

/** Buttons and selects, by action id. */
export const ACTIONS: Readonly<Record<string, Route<(bot: Bot, caller: Caller, click: Click) => Promise<void>>>> = {
  [REVIEW_ACTION]: { doing: 'deciding', handle: openReviewModal },
  [CANCEL_ACTION]: { doing: 'deciding', handle: cancel },
  [ASK_AGAIN_ACTION]: { doing: 'asking', handle: askAgain },
  [REQUEST_FIELDS.execution.action]: { doing: 'looking', handle: selectExecution },
};

/** Modals that come back, by callback id. Null: not made by this bot, so nothing happens. */
export const SUBMITS: Readonly<
  Record<string, Route<(bot: Bot, caller: Caller, view: View) => Promise<SubmitAnswer | null>> & { title: string }>
> = {
  [REQUEST_MODAL]: { doing: 'asking', title: 'Throttle', handle: submitRequest },
  [REVIEW_MODAL]: { doing: 'deciding', title: 'Review', handle: submitReview },
};

type Suggest = (bot: Bot, caller: Caller, ask: { metadata: string; query: string }) => Promise<PlainTextOption[]>;

/** Lists that Slack asks for while somebody types, by action id. */
export const SUGGESTIONS: Readonly<Record<string, Route<Suggest>>> = {
  [REQUEST_FIELDS.execution.action]: { doing: 'looking', handle: suggestExecutions },
};
