import type { KnownBlock } from '@slack/types';
import { averageRate, timeLeftAt } from '../../../domain/execution/impact.ts';
import { isActive, parseExecutionArn } from '../../../domain/execution/task-execution.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import { afterLimit } from '../../../domain/run/limit-ends.ts';
import { linkLimitAt } from '../../../domain/run/link-limits.ts';
import type { Run } from '../../../domain/run/run.ts';
import type { AuditLine, UnreadLine } from '../../../workflow/ports/audit/audit-line.ts';
import type { ExecutionStatus } from '../../../workflow/queries/execution-status.ts';
import { actorWords, detailWords, recordWords } from '../audit/audit-words.ts';
import { untrustedLine } from '../audit/untrusted-record.ts';
import { requestStatusWords } from '../cards/request-status-words.ts';
import { actions, button, context, factSection, section } from '../text/blocks.ts';
import { etaWords, executionFact, modeName, modeWarning, progressBar, shortName } from '../text/execution-words.ts';
import { lostLog } from '../text/lost-log.ts';
import { clip, code, dateToken, escapeText, link, type MessageView } from '../text/text.ts';
import { grantWords, speedWords, THROTTLE_ACTION } from './execution-list.ts';

export interface ExecutionStatusFacts {
  status: Extract<ExecutionStatus, { kind: 'status' }>;
  /** The link to the open request's card. */
  card: string | null;
  /** The value of the button that opens the request form; null: no button. */
  throttle: string | null;
  /** The log does not match what was written before. */
  lost: boolean;
  now: Date;
}

/** The details of one execution, shown to one person only. */
export function executionStatusMessage(shown: ExecutionStatusFacts): MessageView {
  const { status, card, throttle, lost } = shown;
  const { look, open, lines } = status;
  const name = shortName(look);
  const word = escapeText(clip(look.status, 40));
  const warning = modeWarning(look.mode);
  const blocks: KnownBlock[] = [
    ...lostLog(lost),
    section(`*${name}* · ${word}`),
    factSection(facts(shown)),
    ...(open
      ? [
          section(
            `${requestStatusWords(open).headline}\n${code(open.id)}${card ? ` · ${link(card, 'open the card')}` : ''}`,
          ),
        ]
      : []),
    ...(status.held ? [section(grantWords(status.held, status.run, shown.now))] : []),
    ...(warning ? [section(warning)] : []),
    ...(lines.length > 0 ? [section('*On record*'), ...lines.map((line) => section(auditLine(line)))] : []),
    ...actions(throttle ? [button(THROTTLE_ACTION, 'Throttle…', throttle)] : []),
    context(`As AWS told at ${dateToken(look.lookedAt)}. A limit holds for this one run only.`),
  ];
  return { text: `${name}: ${word}, limit ${formatRate(look.bytesPerSecond)}.`, blocks };
}

function facts({ status, now }: ExecutionStatusFacts): [string, string][] {
  const { look, measured, speed, run } = status;
  const parsed = parseExecutionArn(look.arn);
  const { account = '', region = '' } = parsed.ok ? parsed.value : {};
  const average = averageRate(look);
  const limit = look.bytesPerSecond;
  const left = isActive(look.status) ? etaWords(timeLeftAt(look, limit, speed, afterLimit(run, now))) : 'it is over';
  const { files } = look;
  return [
    ['Execution', executionFact({ execution: look.arn, taskName: look.taskName, account, region })],
    ['Mode', modeName(look.mode)],
    ['Limit', formatRate(limit)],
    ...linkFact(run, now),
    ['Speed', speedWords(measured, average)],
    [
      'Progress',
      `${progressBar(look)}\n${bytes(look.bytesTransferred)} of ${look.bytesEstimated > 0 ? bytes(look.bytesEstimated) : 'not known yet'}`,
    ],
    ['Time left', left],
    ...(look.startedAt ? [['Started', dateToken(look.startedAt)] as [string, string]] : []),
    ...(files ? [['Files', `${files.transferred} of ${files.estimated || 'not known yet'}`] as [string, string]] : []),
  ];
}

/** What the link of the execution allows it. */
function linkFact(run: Run | null, now: Date): [string, string][] {
  if (!run?.link) return [];
  const { link, limits } = run.link;
  const { rate } = linkLimitAt(run.link, now);
  const next = limits.find(({ from, rate: then }) => from > now && then !== rate);
  const until = next ? ` until ${dateToken(next.from.toISOString())}, then ${formatRate(next.rate)}` : '';
  return [['Link', `${code(link)} allows ${formatRate(rate)}${until}`]];
}

/** A record in one or two lines; escaped mrkdwn. */
export function auditLine(line: AuditLine | UnreadLine): string {
  if (line.record === null) return untrustedLine(line);
  const { seq, record } = line;
  const detail = detailWords(record);
  const head = `*${recordWords(record)}* · ${actorWords(record)}, ${dateToken(record.at)} · record ${seq}`;
  return detail === '' ? head : `${head}\n${detail}`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `1.5 TiB` */
function bytes(count: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, count)) / 10)));
  return `${Number((count / 1024 ** step).toPrecision(3))} ${UNITS[step]}`;
}
