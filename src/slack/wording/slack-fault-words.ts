import { slackError } from '../connection/clients.ts';
import { slackVerdict } from '../connection/slack-fault.ts';
import { code } from '../views/text/text.ts';

/** A trigger opens one form, within 3 s (docs.slack.dev/reference/methods/views.open). */
const TRIGGERS = new Set(['expired_trigger_id', 'trigger_expired', 'exchanged_trigger_id', 'trigger_exchanged']);
/** The form was closed, or shows something newer by now (docs.slack.dev/reference/methods/views.update). */
const VIEW_GONE = new Set(['not_found', 'view_not_found', 'hash_conflict']);

/** Whether the form to update was closed or has changed. */
export function isViewGone(error: string | null): boolean {
  return error !== null && VIEW_GONE.has(error);
}

/**
 * Why Slack could not show something to a person; null for any other fault. `nothing` says that there was no effect.
 * Only a form that did not open proves that, since everything else may be shown after it was recorded.
 */
export function slackWords(fault: unknown, nothing: string): string | null {
  const error = slackError(fault);
  if (error !== null && TRIGGERS.has(error)) {
    return `The form took too long to open: Slack allows 3 seconds for it. ${nothing} Press the button or type the command again.`;
  }
  if (error === 'push_limit_reached') {
    return `Slack shows three forms on top of each other at most. ${nothing} Close one of them, then try again.`;
  }
  if (isViewGone(error)) {
    return 'The form was closed, or has changed, before this could be shown in it. Open it again.';
  }
  const verdict = slackVerdict(fault);
  switch (verdict?.kind) {
    case undefined:
      return null;
    case 'wait':
      return `Slack limits how often the bot may ask it, so what came of this can’t be shown. ${SEE} Try again in a minute.`;
    case 'no-answer':
      return `Slack did not answer the bot in time, so what came of this can’t be shown. ${SEE} Try again in a minute.`;
    case 'refused':
      return `Slack did not take what was to be shown (it says ${code(verdict.error)}). ${SEE} If it happens again, tell whoever runs the bot.`;
  }
}

// Not the list of open requests: a request that needs no approval is no longer in it.
const SEE = '`/datasync-throttle audit` shows whether anything was recorded.';
