import type { World } from '../../sandbox/local-world.ts';
import { visibleText } from '../../sandbox/slack/block-walk.ts';
import type { SlackMessage } from '../../sandbox/slack/workspace.ts';
import { COMMAND } from './app-process.ts';

const MIB = 1_048_576;
export const OPERATOR = 'U0OPER';
const LEAD = 'U0LEAD';
/** A rule of a policy without a role, so that no AssumeRole comes before a call. */
export const ruleWith = (approvals: number) => `rules:
  - name: production
    match: { accounts: ["111122223333"], regions: [us-east-1], channels: [C0OPS] }
    requesters: { groups: [S0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: ${approvals}
    maxDuration: 12h
`;

/** A bench waits for as long as it takes on a busy machine. */
const PATIENCE = { timeoutMs: 600_000 };

export function startExecution({ aws }: World, name = 'archive'): string {
  const task = aws.addTask({ name, account: '111122223333', region: 'us-east-1' });
  return aws.startExecution(task, { bytes: 1e13, bytesPerSecond: 100 * MIB, status: 'TRANSFERRING' });
}

/** The calls of one operation for an execution so far. */
export function callsOf({ aws }: World, operation: string, arn: string): number {
  return aws.calls.filter((call) => call.operation === operation && call.input.TaskExecutionArn === arn).length;
}

/** Waits for the next UpdateTaskExecution of an execution. @returns when it came, as `performance.now()` */
export async function nextUpdate(world: World, arn: string): Promise<number> {
  const before = callsOf(world, 'UpdateTaskExecution', arn);
  await world.aws.until(() => callsOf(world, 'UpdateTaskExecution', arn) > before, PATIENCE);
  return performance.now();
}

/** The operator requests a limit; the card of the request. */
export async function request({ slack }: World, arn: string, words = '50MiB/s'): Promise<SlackMessage> {
  await slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} ${words}`);
  return slack.until(
    () => slack.messages().findLast((one) => !one.thread_ts && visibleText(one).includes(arn.slice(-22))),
    PATIENCE,
  );
}

/** The approver opens the review; the answer submits it. */
export async function review({ slack }: World, card: SlackMessage): Promise<() => Promise<unknown>> {
  const lead = slack.as(LEAD);
  const before = new Set(lead.views().map(({ id }) => id));
  await lead.click(card, 'review');
  const view = await slack.until(
    () => lead.views().find((one) => !before.has(one.id) && JSON.stringify(one).includes('"decision"')),
    PATIENCE,
  );
  return () => lead.submit(view, { decision: 'approve' });
}

/** Waits for the result in the card's thread. */
export async function result({ slack }: World, { channel, ts }: SlackMessage): Promise<void> {
  await slack.until(() => slack.thread(channel, ts).length > 1, PATIENCE);
}
