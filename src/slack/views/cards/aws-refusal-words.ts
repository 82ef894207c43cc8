import type { Deferral } from '../../../domain/run/change/sending.ts';
import { awsQuote } from '../text/aws-quote.ts';
import { code } from '../text/text.ts';

/** Why AWS did not accept a change yet, and who can fix it. */
export function deferralWords(putOff: Deferral, role: string | null): string {
  const who = putOff.why === 'not-reached' ? 'Details' : 'AWS says';
  return `${deferralCause(putOff, role)}${awsQuote(putOff.said, who)}`;
}

function deferralCause({ why, action }: Deferral, role: string | null): string {
  switch (why) {
    case 'throttled':
      return `AWS is asked too often and put the bot off (${code(action)}).`;
    case 'error':
      return `AWS answered ${code(action)} with an error of its own; it may have taken effect all the same.`;
    case 'no-answer':
      return `AWS did not answer ${code(action)}; it may have taken effect all the same.`;
    case 'credentials':
      return `AWS does not take the bot’s credentials for ${code(action)}${role ? ` (the role ${code(role)})` : ''}: whoever runs the bot has to put them right.`;
    case 'region':
      return `AWS refused ${code(action)}: this Region is not enabled for the account. Whoever manages the AWS account has to enable it.`;
    case 'clock':
      return `AWS refused ${code(action)}: the clock of the machine that the bot runs on is wrong. Whoever runs the bot has to synchronize it.`;
    case 'rejected':
      return `AWS rejected ${code(action)} as invalid, which may pass.`;
    case 'not-reached':
      return `AWS could not be reached for ${code(action)}, so that nothing was sent.`;
  }
}

/** The permission that is missing, as a part of a sentence. */
export function noPermission(action: string, role: string | null): string {
  return `no permission for ${code(action)} with ${role ? `the role ${code(role)}` : 'the bot’s own credentials'}`;
}
