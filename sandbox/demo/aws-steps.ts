import type { DataSyncCall } from '../datasync/front-door.ts';
import { isObject } from '../slack/json.ts';
import { coming, PATIENCE } from './coming.ts';
import { padded, styled } from './ink.ts';
import { isAbout, type RateMeter, rateBars, rateWords } from './rate-meter.ts';
import { BEFORE, ROLE, type Stage, WANTED } from './scene.ts';

/** What runs, and how fast the one that the play is about moves. */
export async function showTransfers({ world, star, transcript }: Stage, meter: RateMeter): Promise<void> {
  const rows = world.aws
    .executions()
    .map((one) => [
      `${one.taskName}${one.mode === 'ENHANCED' ? ' (enhanced mode)' : ''}`,
      one.arn.split(':')[3] ?? '',
      one.status,
      `limit ${rateWords(one.bytesPerSecond)}`,
    ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)) + 3);
  transcript.lines(rows.map((row) => row.map((cell, column) => padded(cell, widths[column] ?? 0)).join('')));
  await meter.reaches(BEFORE, PATIENCE.timeoutMs);
  const rate = meter.measured().at(-1)?.rate ?? 0;
  const { taskName } = world.aws.execution(star);
  transcript.check(`measured: ${taskName} moves ${rateWords(rate)}, as its limit says`, isAbout(rate, BEFORE));
}

/** Resolves with the call that changed the limit. */
export async function seeUpdate({ world, star, transcript }: Stage, from: number): Promise<DataSyncCall> {
  const { aws } = world;
  const since = () => aws.calls.slice(from);
  const sent = () => updatesOf(star, since())[0];
  const update = await coming('UpdateTaskExecution', aws.until(sent, PATIENCE));
  if (!update) throw new Error('UpdateTaskExecution did not come');
  // The bot looks for its cards as well, in a session for reading that all requests share.
  const { session } = update.identity ?? { session: null };
  const ofTheChange = (call: DataSyncCall) =>
    (call.identity?.session?.name ?? call.input.RoleSessionName) === session?.name;
  const isReadBack = (call: DataSyncCall, index: number, calls: readonly DataSyncCall[]) =>
    call.operation === 'DescribeTaskExecution' &&
    ofTheChange(call) &&
    calls.slice(0, index).some(({ requestId }) => requestId === update.requestId);
  const seen = () => since().some(isReadBack);
  if (update.outcome === 'ok') await coming('the read-back', aws.until(seen, PATIENCE));
  const last = since().findIndex(isReadBack);
  const calls = (last < 0 ? since() : since().slice(0, last + 1)).filter(ofTheChange);
  const readBack = last < 0 ? null : aws.execution(star).bytesPerSecond;
  transcript.lines(calls.map((call, index) => callLine(call, index === calls.length - 1 ? readBack : null)));
  transcript.check(
    'one UpdateTaskExecution, BytesPerSecond=52428800, and AWS took it',
    bytesPerSecondOf(update) === WANTED && update.outcome === 'ok' && updatesOf(star, aws.calls).length === 1,
  );
  transcript.check(`sent with the rule’s role, in a session named ${session?.name}`, session?.role === ROLE);
  transcript.check(
    `whoever reads CloudTrail finds the person: ${session?.sourceIdentity}`,
    /^slack-T0DEMO-U0/.test(session?.sourceIdentity ?? ''),
  );
  transcript.check('read back: BytesPerSecond=52428800', aws.execution(star).bytesPerSecond === WANTED);
  return update;
}

function callLine(call: DataSyncCall, readBack: number | null): string {
  const { operation, input, outcome } = call;
  const limit = bytesPerSecondOf(call);
  const change = limit === null ? '' : `BytesPerSecond=${limit}`;
  const about = operation === 'AssumeRole' ? String(input.RoleArn).split(':').at(-1) : change;
  const answer = readBack === null ? outcome : `BytesPerSecond=${readBack}`;
  const came = `→ ${answer}`;
  return [
    padded(styled(operation, 'bold'), 23),
    padded(styled(String(about), 'code'), 28),
    outcome === 'ok' ? came : styled(came, 'bad'),
  ].join('');
}

function bytesPerSecondOf({ input }: DataSyncCall): unknown {
  return isObject(input.Options) ? (input.Options.BytesPerSecond ?? null) : null;
}

/** The transfer before and after the change, as measured from outside. */
export async function seeRate({ transcript }: Stage, meter: RateMeter, update: DataSyncCall): Promise<void> {
  transcript.words('AWS takes up to a minute until a new limit bites; this local one about two seconds.', 'dim');
  const reached = await meter.reaches(WANTED, PATIENCE.timeoutMs);
  const zero = Date.parse(update.at);
  const around = meter.measured().filter(({ until }) => until > zero - 1000);
  transcript.lines(rateBars(around, zero, WANTED));
  const rate = meter.measured().at(-1)?.rate ?? 0;
  transcript.check(
    `measured: ${rateWords(rate)}; the rest of the line is free for the call`,
    reached && isAbout(rate, WANTED),
  );
}

/** The attempts to change one execution's limit. */
export function updatesOf(arn: string, calls: readonly DataSyncCall[]): DataSyncCall[] {
  return calls.filter(({ operation, input }) => operation === 'UpdateTaskExecution' && input.TaskExecutionArn === arn);
}
