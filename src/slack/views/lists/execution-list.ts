import type { Button, KnownBlock } from '@slack/types';
import { averageRate, timeLeftAt } from '../../../domain/execution/impact.ts';
import { parseExecutionArn, type TaskExecution } from '../../../domain/execution/task-execution.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import { afterLimit } from '../../../domain/run/limit-ends.ts';
import type { Run } from '../../../domain/run/run.ts';
import type { ListedLinks } from '../../../workflow/queries/links/list-links.ts';
import type { GrantedRequest, Running, RunningRow } from '../../../workflow/queries/list-running.ts';
import { faultName } from '../../wording/fault-words.ts';
import { nextRate } from '../cards/limit-status-words.ts';
import { requestStatusWords } from '../cards/request-status-words.ts';
import { linkSections, linksText } from '../links/link-sections.ts';
import { actions, button, context, section } from '../text/blocks.ts';
import { etaWords, executionId, modeMark, progressBar, shortName } from '../text/execution-words.ts';
import { lostLog } from '../text/lost-log.ts';
import { clip, code, dateToken, escapeText, type MessageView } from '../text/text.ts';
import { placelessWords, runningHeadline } from './running-words.ts';

export const THROTTLE_ACTION = 'throttle';
export const LIST_REFRESH_ACTION = 'list-refresh';
export const LIST_BACK_ACTION = 'list-back';
export const LIST_NEXT_ACTION = 'list-next';

/** Executions per page, and links on the first one. Each takes a block, and a longer message is hard to scan. */
export const PAGE_SIZE = 10;

const MAX_FAILED = 8;

export interface ExecutionListFacts {
  running: Running;
  /** Null: not on this page. */
  links: ListedLinks | null;
  /** This list will not be updated again. */
  final: boolean;
  /** The log does not match what was written before. */
  lost: boolean;
  now: Date;
  /** Seals an execution's ARN as the value of a button. */
  sealExecution: (arn: string) => string;
  /** Seals a link's name as the value of a button. */
  sealLink: (name: string) => string;
  /** Seals the index of a page's first row as the value of a button. */
  sealPage: (from: number) => string;
}

/** One page of the running and queued executions, after the links on the first page; shown to one person only. */
export function executionList(facts: ExecutionListFacts): MessageView {
  const { running, links, final, sealLink } = facts;
  const { rows, total, from, placeless } = running;
  const where = total > rows.length && rows.length > 0 ? `, ${from + 1} to ${from + rows.length} of them here` : '';
  const none = 'Nothing is running or queued in the accounts and Regions that the policy names';
  const headline = runningHeadline(running, { final, none, where, one: 'running or queued execution' });
  const blocks: KnownBlock[] = [
    ...lostLog(facts.lost),
    ...(links ? linkSections({ links, final, sealLink }) : []),
    section(`*${headline}*`),
    ...rows.map((row) => rowSection(row, facts)),
    ...failedSections(running, final),
    ...(placeless.length > 0
      ? [section(`${placelessWords(placeless)}. Whoever runs the bot has to set it, or name Regions in the policy.`)]
      : []),
    ...actions(pageButtons(facts)),
    context(
      `As AWS told at ${dateToken(facts.now.toISOString())}; it is asked anew at most every 15 s. The speed is measured between two looks, so the first list shows the average since the start.`,
    ),
  ];
  const ofLinks = links && linksText(links);
  return { text: ofLinks === null ? headline : `${ofLinks} ${headline}`, blocks };
}

function rowSection(row: RunningRow, { sealExecution, now }: ExecutionListFacts) {
  const { arn } = row.execution;
  return section(
    runningWords(row, now).join('\n'),
    row.mayRequest ? button(THROTTLE_ACTION, 'Throttle…', sealExecution(arn)) : undefined,
  );
}

/** A running execution in three or four lines. Escaped mrkdwn. */
export function runningWords(row: RunningRow, now: Date): string[] {
  const { execution, look, open, held, run } = row;
  const { arn } = execution;
  const parsed = parseExecutionArn(arn);
  const place = parsed.ok ? ` · account ${parsed.value.account}, ${escapeText(parsed.value.region)}` : '';
  const status = escapeText(clip(look?.status ?? execution.status, 40));
  const name = execution.taskName ? `${code(executionId(arn))}` : '';
  return [
    `*${shortName(execution)}* · ${status}${modeMark(execution.mode)}`,
    `${name}${name ? place : place.replace(' · ', '')}`,
    look ? liveWords(look, row, now) : 'Limit and progress are not known yet.',
    ...(open ? [openWords(open)] : []),
    ...(held ? [grantWords(held, run, now)] : []),
  ];
}

/** Progress, limit, speed and time left on one line. */
function liveWords(look: TaskExecution, { measured, speed, run }: RunningRow, now: Date): string {
  const { bytesPerSecond: limit } = look;
  const average = averageRate(look);
  const left = etaWords(timeLeftAt(look, limit, speed, afterLimit(run, now)));
  return [progressBar(look), `limit ${formatRate(limit)}`, speedWords(measured, average), `time left: ${left}`].join(
    ' · ',
  );
}

/** The measured speed, or the average since the start if the execution was read only once. */
export function speedWords(measured: number | null, average: number | null): string {
  if (measured !== null) return measured === 0 ? 'measured: nothing moves' : `measured ${formatRate(whole(measured))}`;
  return average === null ? 'speed not measured yet' : `average ${formatRate(whole(average))}`;
}

function whole(rate: number): number {
  return Math.max(1, Math.round(rate));
}

function openWords(open: NonNullable<RunningRow['open']>): string {
  return `${requestStatusWords(open).headline}, as ${code(open.id)}`;
}

/** When a limit ends, and the rate that it reverts to. */
export function grantWords(request: GrantedRequest, run: Run | null, now: Date): string {
  const { id, hold } = request;
  const back = `goes back to ${formatRate(hold.sent ? hold.base : nextRate(request, run, now))}`;
  return `:alarm_clock: Limit of ${code(id)}, ${hold.sent ? `${back} now` : `${back} ${dateToken(hold.dueAt)}`}`;
}

function failedSections({ failed }: Running, final: boolean): KnownBlock[] {
  if (failed.length === 0) return [];
  const lines = failed
    .slice(0, MAX_FAILED)
    .map((target) => `${failedWords(target, final)} What runs there is missing or not complete.`);
  const more = failed.length - lines.length;
  return [section([...lines, ...(more > 0 ? [`And ${more} more.`] : [])].join('\n'))];
}

/** Why a Region could not be listed, as a sentence. Escaped mrkdwn. */
export function failedWords({ region, role, fault, pending }: Running['failed'][number], final: boolean): string {
  const as = role ? ` as ${code(clip(role, 120))}` : '';
  const what = pending ? (final ? 'no answer in time' : 'no answer yet') : faultName(fault);
  return `:warning: *${escapeText(region)}*${as}: ${what}.`;
}

function pageButtons({ running, sealPage }: ExecutionListFacts): Button[] {
  const { from, rows, total } = running;
  return [
    ...(from > 0 ? [button(LIST_BACK_ACTION, 'Back', sealPage(Math.max(0, from - PAGE_SIZE)))] : []),
    ...(from + rows.length < total ? [button(LIST_NEXT_ACTION, 'Next', sealPage(from + PAGE_SIZE))] : []),
    button(LIST_REFRESH_ACTION, 'Refresh', sealPage(from)),
  ];
}
