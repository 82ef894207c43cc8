import { elementsOf, visibleText } from '../slack/block-walk.ts';
import type { SlackView } from '../slack/views.ts';
import type { SlackMessage } from '../slack/workspace.ts';
import { checkRecords, showRecords, showVerdict, type Told } from './audit-steps.ts';
import { seeRate, seeUpdate, showTransfers, updatesOf } from './aws-steps.ts';
import { coming, PATIENCE } from './coming.ts';
import { styled } from './ink.ts';
import { startRateMeter } from './rate-meter.ts';
import type { Stage } from './scene.ts';

const CHANNEL = 'C0OPS';
const COMMAND = '/datasync-throttle';

/**
 * One request from the question to the verified log. Each step shows what really happened and checks it.
 * @throws StepFailed at the first thing that did not happen
 */
export async function playStory(stage: Stage): Promise<void> {
  const { transcript, world, star } = stage;
  const meter = startRateMeter(world.aws, star);
  try {
    await transcript.step('A nightly transfer takes all that its limit lets through', () =>
      showTransfers(stage, meter),
    );
    const card = await transcript.step('Olga, an operator, asks for less', () => ask(stage));
    const view = await transcript.step('Lena, a lead, presses Review: the facts, read afresh', () =>
      review(stage, card),
    );
    const agreedAt = await transcript.step('Lena agrees', () => approve(stage, view));
    const update = await transcript.step('The bot sets it in AWS, and reads it back', () => seeUpdate(stage, agreedAt));
    const result = await transcript.step('Everybody in the channel sees the result', () => seeResult(stage, card));
    await transcript.step('The limit bites', () => seeRate(stage, meter, update));
    const request = result.request;
    await transcript.step('Ada, the auditor, looks it up', () => showRecords(stage, COMMAND, CHANNEL, request));
    await transcript.step('The log is checked by the bot’s own commands', async () => {
      await checkRecords(stage, result);
      await showVerdict(stage);
    });
  } finally {
    meter.stop();
  }
}

async function ask({ world, star, transcript }: Stage): Promise<SlackMessage> {
  const { slack, aws } = world;
  const typed = `${star} 50MiB/s call with the Tokyo office at 9`;
  transcript.does('Olga', `${COMMAND} ${typed}`);
  const olga = slack.as('U0OPER');
  const sent = await olga.command(CHANNEL, COMMAND, typed);
  const posted = () => slack.messages(CHANNEL)[0];
  const card = await coming('a card', slack.until(posted, PATIENCE)).catch((fault: unknown) => {
    for (const answer of olga.ephemerals()) transcript.message('only Olga sees this', answer);
    throw fault;
  });
  transcript.message('#ops-transfers · datasync-throttle', card);
  transcript.check(
    `Slack’s signed request was answered in ${Math.ceil(sent.ms)} ms, of the 3 s that it allows`,
    sent.status === 200,
  );
  const called = slack.notified.filter(({ ts }) => ts === card.ts).flatMap((one) => one.called);
  transcript.check('the card calls those who can decide, and nobody else', called.join() === 'S0LEADS');
  transcript.check(
    'AWS was asked how the transfer stands, and nothing was changed',
    updatesOf(star, aws.calls).length === 0,
  );
  return card;
}

async function review({ world, transcript }: Stage, card: SlackMessage) {
  const { slack, aws } = world;
  const lena = slack.as('U0LEAD');
  const before = aws.calls.length;
  transcript.does('Lena', `presses ${styled('[ Review ]', 'bold')}`);
  await lena.click(card, 'review');
  const whole = () => lena.views().find(({ blocks }) => elementsOf(blocks).some((one) => one.actionId === 'decision'));
  const view = await coming('the review modal', slack.until(whole, PATIENCE));
  transcript.modal(view);
  const asked = aws.calls
    .slice(before)
    .some((call) => call.operation === 'DescribeTaskExecution' && call.outcome === 'ok');
  transcript.check('the modal says what AWS said after the click, not what the card said', asked);
  return view;
}

/** Resolves with how many calls AWS had had before the approval. */
async function approve({ world, transcript }: Stage, view: SlackView): Promise<number> {
  const lena = world.slack.as('U0LEAD');
  const before = world.aws.calls.length;
  const comment = 'fine until the call is over';
  transcript.does('Lena', `(•) Approve   [ ${comment} ]   presses ${styled('[ Decide ]', 'bold')}`);
  const sent = await lena.submit(view, { decision: 'approve', comment });
  transcript.check('the bot took the decision', sent.status === 200 && sent.errors === undefined);
  return before;
}

async function seeResult({ world, transcript }: Stage, card: SlackMessage): Promise<Told> {
  const { slack } = world;
  const reply = () => slack.messages(CHANNEL).find((one) => one.thread_ts === card.ts);
  const result = await coming('a result', slack.until(reply, PATIENCE));
  transcript.message('#ops-transfers · datasync-throttle, in the thread and in the channel', result);
  const words = visibleText(result);
  transcript.check(
    'the result says what AWS read back',
    words.includes('50 MiB/s') && words.includes('Read back from AWS'),
  );
  const inForce = () => visibleText(slack.message(CHANNEL, card.ts) ?? card).includes('In force');
  await coming('the card that says “In force”', slack.until(inForce, PATIENCE));
  transcript.check('the card that Olga’s request began with was edited in place, and says: In force', inForce());
  transcript.check(
    'Slack had nothing to object to in any message or modal',
    slack.breaches.length + slack.failures.length === 0,
  );
  const request = /Request `([^`]+)`/.exec(words)?.[1];
  const proof = /audit record (\d+) · hash `([0-9a-f]{20,})`/.exec(words);
  if (!request || !proof?.[1] || !proof[2]) throw new Error('the result names no request and audit record');
  return { request, seq: Number(proof[1]), hash: proof[2] };
}
