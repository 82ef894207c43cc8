import type { LocalDataSync } from '../datasync/start-data-sync.ts';
import { isObject, type JsonObject, text } from '../slack/json.ts';
import type { LocalSlack } from '../slack/local-slack.ts';
import type { CallLog, ShownCall, ShownExecution } from './page-state.ts';

const ENDED = ['SUCCESS', 'ERROR'];
const MAX_CALLS = 80;
const MAX_POINTS = 60;

/** The executions with their curves, as they are and not as the bot believes them to be. */
export function shownExecutions(aws: LocalDataSync): ShownExecution[] {
  return aws.executions().map(shownExecution);
}

/** The bot's calls, newest first. */
export function callLog(aws: LocalDataSync, slack: LocalSlack): CallLog {
  return { aws: awsCalls(aws), slack: slackCalls(slack) };
}

function shownExecution(one: ReturnType<LocalDataSync['execution']>): ShownExecution {
  return {
    arn: one.arn,
    id: one.arn.split('/').at(-1) ?? one.arn,
    taskName: one.taskName,
    mode: one.mode,
    status: one.status,
    limit: one.bytesPerSecond,
    limitInForce: one.bytesPerSecondInForce,
    rate: one.rate,
    bytes: one.bytes,
    transferred: one.bytesTransferred,
    ended: ENDED.includes(one.status),
    curve: one.history.slice(-MAX_POINTS),
  };
}

function awsCalls({ calls }: LocalDataSync): ShownCall[] {
  return newest(calls, ({ at, operation, input, outcome }) => ({
    at: Date.parse(at),
    name: operation,
    about: awsWords(input),
    ok: outcome === 'ok',
    outcome,
  }));
}

function awsWords(input: Readonly<Record<string, unknown>>): string {
  const options = isObject(input.Options) ? input.Options : {};
  const limit = options.BytesPerSecond === undefined ? '' : `BytesPerSecond=${String(options.BytesPerSecond)}`;
  const arn = text(input.TaskExecutionArn) || text(input.TaskArn) || text(input.RoleArn);
  const session = text(input.RoleSessionName);
  return [limit, arn.split('/').at(-1) ?? '', session].filter((part) => part !== '').join(' · ');
}

function slackCalls(slack: LocalSlack): ShownCall[] {
  const names = new Map(slack.channels().map((channel) => [channel.id, `#${channel.name}`]));
  return newest(slack.calls, ({ at, method, args, ok, error, ms }) => ({
    at,
    name: method,
    about: slackWords(args, names),
    ok,
    outcome: ok ? `${Math.max(1, Math.round(ms))} ms` : (error ?? 'failed'),
  }));
}

function slackWords(args: JsonObject, names: ReadonlyMap<string, string>): string {
  const channel = text(args.channel);
  const thread = text(args.thread_ts) === '' ? '' : 'in a thread';
  const about = [names.get(channel) ?? channel, thread, text(args.user), text(args.usergroup), text(args.view_id)];
  return about.filter((part) => part !== '').join(' · ');
}

function newest<T>(calls: readonly T[], shown: (call: T) => Omit<ShownCall, 'index'>): ShownCall[] {
  const from = Math.max(0, calls.length - MAX_CALLS);
  return calls
    .slice(from)
    .map((call, index) => ({ index: from + index, ...shown(call) }))
    .reverse();
}
