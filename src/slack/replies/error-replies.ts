import { randomBytes } from 'node:crypto';
import { OutcomeUnknown } from '../../workflow/faults.ts';
import type { Caller } from '../context/interaction.ts';
import { faultWords } from '../wording/fault-words.ts';
import { type Doing, settledWords } from '../wording/reply-words.ts';
import { canResubmit } from './refilled-form.ts';

/**
 * The one place that turns a fault into a message for a person. If it is unknown whether something was recorded, a
 * second message reports the outcome later. Until then the interaction counts as unfinished, so that another bot sends
 * that message if this one stops.
 */
export async function replyWithFault(
  fault: unknown,
  doing: Doing,
  /** `again`: nothing was recorded, so the same input can be sent again. */
  say: (text: string, again: boolean) => Promise<void>,
  { log }: { log: Caller['log'] },
): Promise<void> {
  const reference = randomBytes(4).toString('hex');
  log.warn({ err: fault, doing, reference }, 'told somebody of a fault');
  await say(faultWords(fault, doing, reference).text, canResubmit(fault));
  if (fault instanceof OutcomeUnknown) {
    const outcome = await fault.settled;
    await say(settledWords(outcome, doing), outcome === 'not-recorded');
  }
}
