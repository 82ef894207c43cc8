import {
  AwsFault,
  LedgerLost,
  NotRead,
  NotRecorded,
  OutcomeUnknown,
  PersonUnknown,
  RequestUnreadable,
  RunUnreadable,
  StateUnproven,
} from '../../workflow/faults.ts';
import { TooBusy } from '../context/look-ups.ts';
import { awsQuote } from '../views/text/aws-quote.ts';
import { code } from '../views/text/text.ts';
import type { Doing, Words } from './reply-words.ts';
import { slackWords } from './slack-fault-words.ts';
import { TOO_BUSY } from './usage-limit-words.ts';

/** What a failed action means for the transfer and for the person, if it had no effect. */
const NOTHING: Readonly<Record<Doing, string>> = {
  asking: 'Nothing was asked and nothing was sent to AWS; the transfer goes on as it is.',
  deciding: 'Your decision was not recorded; the request stands as it was.',
  looking: 'Nothing was changed; the transfer goes on as it is.',
};

/**
 * Explains a fault: what is known, what it means for the transfer, what to do next. `reference` finds the fault in the
 * bot's logs.
 */
export function faultWords(fault: unknown, doing: Doing, reference: string | null = null): Words {
  if (fault instanceof AwsFault) return awsWords(fault, doing);
  if (fault instanceof OutcomeUnknown) return notAField(outcomeUnknown(doing));
  if (fault instanceof NotRead && doing === 'looking') {
    return notAField(
      'This can’t be looked up right now: Redis doesn’t respond. Transfers go on as they are. Try again in a minute.',
    );
  }
  if (fault instanceof NotRecorded) {
    const what = 'The audit log can’t be written at the moment, and without it nothing happens here.';
    return notAField(`Nothing was recorded. ${what} ${NOTHING[doing]} Try again in a minute.`);
  }
  if (fault instanceof LedgerLost) {
    const what =
      'The audit log is not the one that was written before: records may be lost, so nothing more is written.';
    return notAField(`${what} ${NOTHING[doing]} Tell whoever runs the bot: a person has to look at the log first.`);
  }
  if (fault instanceof PersonUnknown) {
    return notAField(
      `Slack can’t say just now who you are, or who the others in this request are, so nobody is let through. ${NOTHING[doing]} Try again in a minute.`,
    );
  }
  if (fault instanceof RequestUnreadable) {
    return notAField(
      `The stored state of request ${code(fault.request)} can’t be read here: it may come from a newer version of the bot. ${NOTHING[doing]} Tell whoever runs the bot.`,
    );
  }
  if (fault instanceof RunUnreadable) {
    return notAField(
      `The audit records of this execution can’t be read here: one is missing or altered, or comes from a newer version of the bot. ${NOTHING[doing]} Tell whoever runs the bot: \`audit verify\` shows what is wrong.`,
    );
  }
  if (fault instanceof StateUnproven) return notAField(unproven(fault, doing));
  if (fault instanceof TooBusy) return notAField(TOO_BUSY);
  const slack = slackWords(fault, NOTHING[doing]);
  if (slack !== null) return notAField(slack);
  const found = reference ? `, with the reference ${code(reference)}` : '';
  return notAField(
    `Something went wrong here; it is not your fault. Nothing was sent to AWS by this; \`/datasync-throttle audit\` shows whether it was recorded. Tell whoever runs the bot${found}.`,
  );
}

function unproven({ about, waiting }: StateUnproven, doing: Doing): string {
  if (waiting)
    return `The audit log is being read, and until then nothing is decided. ${NOTHING[doing]} Try again in a minute.`;
  return `What is stored about ${code(about)} doesn’t match the audit log: somebody may have changed it in Redis. ${NOTHING[doing]} Tell whoever runs the bot.`;
}

function outcomeUnknown(doing: Doing): string {
  const what = { asking: 'your request', deciding: 'your decision', looking: 'this look-up' }[doing];
  return `It is not known yet whether ${what} was recorded: the audit log went silent in the middle of the write. The truth will follow here; please wait for it and don’t try again before.`;
}

function awsWords(fault: AwsFault, doing: Doing): Words {
  const words = kindWords(fault, doing);
  return { ...words, text: `${words.text}${awsQuote(fault.said, whoSaid(fault))}` };
}

function whoSaid({ kind }: AwsFault): string {
  if (kind === 'not-aws') return 'The answer was';
  return kind === 'unresolved' || kind === 'proxy' || kind === 'no-answer' ? 'Details' : 'AWS says';
}

function kindWords(fault: AwsFault, doing: Doing): Words {
  const id = fault.requestId ? ` (AWS request ${code(fault.requestId)})` : '';
  const action = code(fault.operation);
  const access = fault.role ? `the role ${code(fault.role)}` : 'the bot’s own credentials';
  switch (fault.kind) {
    case 'throttled':
      return notAField(
        `AWS is asked too often at the moment and put the bot off${id}. ${NOTHING[doing]} Try again in a minute.`,
      );
    case 'denied':
      return notAField(
        `AWS refused the bot: no permission for ${action} ${fault.operation === 'sts:AssumeRole' ? 'on' : 'with'} ${access}${id}. ${NOTHING[doing]} Have whoever runs the bot allow that action, then try again.`,
      );
    case 'credentials':
      return notAField(
        `AWS does not take the bot’s credentials for ${action} (${access})${id}. ${NOTHING[doing]} Whoever runs the bot has to put them right: they are missing, wrong or expired, or the Region is not enabled for the account.`,
      );
    case 'region':
      return notAField(
        `AWS refused ${action} (${access}): this Region is not enabled for the account${id}. ${NOTHING[doing]} It is an opt-in Region: whoever manages the AWS account has to enable it.`,
      );
    case 'clock':
      return notAField(
        `AWS refused ${action}: the clock of the machine that the bot runs on is wrong, so its signature counts as expired${id}. ${NOTHING[doing]} Whoever runs the bot has to synchronize that clock.`,
      );
    case 'not-found':
      return {
        text: `AWS could not find this execution, or refused to look it up just now${id}. ${NOTHING[doing]} Check the ARN: the Region and the account in it must be those where the task runs, and AWS forgets executions after about 30 days. If the ARN is right, try again in a minute.`,
        field: 'execution',
      };
    case 'gone':
      return {
        text: `AWS no longer lists this execution${id}. ${NOTHING[doing]} For the task’s next execution, ask when it is queued or running.`,
        field: 'execution',
      };
    case 'rejected':
      return notAField(
        `AWS rejected ${action}${id}. ${NOTHING[doing]} Look at the run in the AWS console before trying again.`,
      );
    case 'no-answer':
      return notAField(`AWS did not answer in time (${action}). ${NOTHING[doing]} Try again in a minute.`);
    case 'unresolved':
      return notAField(
        `The name of AWS’s endpoint could not be resolved, so ${action} was not sent. ${NOTHING[doing]} Whoever runs the bot has to check its DNS, its network and the Region in the ARN.`,
      );
    case 'proxy':
      return notAField(
        `The proxy (\`HTTPS_PROXY\`) did not let the bot through to AWS, so ${action} was not sent. ${NOTHING[doing]} Whoever runs the bot has to check the proxy and its rules.`,
      );
    case 'not-aws':
      return notAField(
        `Something other than AWS answered ${action}: a proxy or a load balancer, with a page of its own. ${NOTHING[doing]} Try again in a minute; if it lasts, whoever runs the bot has to check the network to AWS.`,
      );
    case 'internal':
      return notAField(`AWS has a fault of its own (${action})${id}. ${NOTHING[doing]} Try again in a few minutes.`);
  }
}

function notAField(text: string): Words {
  return { text, field: null };
}

/** Why AWS did not answer, in a few words for a list; escaped mrkdwn. */
export function faultName(fault: AwsFault): string {
  switch (fault.kind) {
    case 'throttled':
      return 'AWS puts the bot off for now (too many calls)';
    case 'denied':
      return `AWS refused ${code(fault.operation)}`;
    case 'credentials':
      return 'AWS does not take the bot’s credentials';
    case 'region':
      return 'the Region is not enabled for the account';
    case 'clock':
      return 'the bot’s clock is wrong, so AWS refuses its signature';
    case 'no-answer':
      return 'no answer in time';
    case 'unresolved':
      return 'the name of AWS’s endpoint does not resolve';
    case 'proxy':
      return 'the proxy did not let the bot through';
    case 'not-aws':
      return 'a proxy or load balancer answered in place of AWS';
    case 'not-found':
      return `AWS could not find it, or refused to look (${code(fault.operation)})`;
    case 'gone':
      return 'AWS no longer lists it';
    case 'rejected':
      return `AWS rejected ${code(fault.operation)}`;
    case 'internal':
      return `AWS has a fault (${code(fault.operation)})`;
  }
}
