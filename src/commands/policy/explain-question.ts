import { type ExecutionArn, parseExecutionArn } from '../../domain/execution/task-execution.ts';
import type { Link } from '../../domain/link/link.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { parseRate, type RateProblem, type RequestedRate } from '../../domain/rate/rate.ts';
import type { Result } from '../../domain/result.ts';
import { nearestFirst } from '../../domain/text/nearest.ts';
import { parseDuration } from '../../domain/time/duration.ts';
import { type LinkOutlook, laterCapacities, linkOutlook } from '../../workflow/queries/links/link-outlook.ts';
import { CannotRun } from '../cannot-run.ts';
import { readTimeInZone } from './time-in-zone.ts';

export interface ExplainOptions {
  /** Exactly one of `arn` and `link`. */
  arn?: string;
  link?: string;
  /** User and rate may be left out for a link, both together. */
  user?: string;
  rate?: string;
  channel?: string;
  /** The limit in force. */
  current?: string;
  for?: string | undefined;
  /** For a link. */
  at?: string;
  json?: boolean;
}

/** What a request would be about. */
export type Subject = { kind: 'execution'; execution: ExecutionArn } | { kind: 'link'; link: Link; due: LinkOutlook };

/** A request as far as it is known without Slack and AWS. */
export interface Question {
  subject: Subject;
  /** Null: anybody. */
  user: string | null;
  /** Null: any. */
  channel: string | null;
  /** Null: any. */
  rate: RequestedRate | null;
  /** The limit in force, or the capacity that is due for a link; null: not known. */
  current: number | null;
  /** What comes due for a link during the request. */
  later: number[];
  /** How long it is for; null: no end. */
  seconds: number | null;
}

/** The options without what needs the policy to be read. */
type Typed = Omit<Question, 'subject' | 'later'> & { execution: ExecutionArn | null };

/** @throws CannotRun with everything that can't be read */
export function readOptions(options: ExplainOptions): Typed {
  const problems: string[] = [];
  const refuse = (option: string, problem: string) => {
    problems.push(`--${option} ${problem}`);
    return null;
  };
  const orRefuse = <T>(
    option: 'arn' | 'rate' | 'current' | 'for',
    read: (text: string) => Result<T, { quoted: string; instead: string }>,
  ): T | null => {
    const text = options[option];
    if (text === undefined) return null;
    const found = read(text);
    if (found.ok) return found.value;
    return refuse(option, `${JSON.stringify(found.problem.quoted)} can't be read: ${found.problem.instead}`);
  };
  const id = (option: 'user' | 'channel', shape: RegExp, expected: string) => {
    const text = options[option];
    if (text === undefined || shape.test(text)) return;
    refuse(option, `${JSON.stringify(text.slice(0, 60))} is no id: write ${expected}`);
  };
  const { arn, link, user, rate, at } = options;
  if ((arn === undefined) === (link === undefined)) refuse('arn', 'or --link is needed, and only one of them');
  if (arn !== undefined && at !== undefined) {
    refuse(
      'at',
      'goes with --link: leave it out, since the policy file says nothing about the limit of an execution at a time',
    );
  }
  const isNeeded = arn !== undefined || user !== undefined || rate !== undefined;
  if (isNeeded && user === undefined) refuse('user', 'is missing: write a user id, U… or W…');
  if (isNeeded && rate === undefined) refuse('rate', 'is missing: write a rate such as `50MiB/s`');
  id('user', /^[UW][A-Z0-9]{1,30}$/, 'a user id, U… or W…');
  id('channel', /^[CDG][A-Z0-9]{1,30}$/, 'a channel id, C…');
  const typed: Typed = {
    execution: orRefuse('arn', parseExecutionArn),
    user: user ?? null,
    channel: options.channel ?? null,
    rate: orRefuse('rate', parseRate),
    current: orRefuse('current', readCurrent),
    seconds: orRefuse('for', parseDuration),
  };
  if (problems.length > 0) throw new CannotRun(problems.join('\n'));
  return typed;
}

/** @throws CannotRun where the policy has no such link, or the time can't be read */
export async function questionOf(
  { execution, ...asked }: Typed,
  { link: name, at }: ExplainOptions,
  { policy, now }: { policy: Policy; now: Date },
): Promise<Question> {
  if (execution !== null) return { ...asked, subject: { kind: 'execution', execution }, later: [] };
  const link = policy.links.find((one) => one.name === name);
  if (!link)
    throw new CannotRun(`--link ${JSON.stringify((name ?? '').slice(0, 60))} ${unknownLink(name ?? '', policy)}`);
  const due = await linkOutlook(link, at === undefined ? now : readTimeInZone('--at', at, link.zone));
  const later = asked.seconds === null ? [] : await laterCapacities(link, due.at, asked.seconds);
  return { ...asked, current: asked.current ?? due.due.capacity, later, subject: { kind: 'link', link, due } };
}

function unknownLink(name: string, { links }: Policy): string {
  if (links.length === 0) return 'is not in the policy file: it has no links';
  const names = nearestFirst(
    name,
    links.map((link) => link.name),
  );
  return `is not in the policy file, which has: ${names.join(', ')}`;
}

function readCurrent(text: string): Result<number, Pick<RateProblem, 'quoted' | 'instead'>> {
  const read = parseRate(text);
  if (!read.ok) return read;
  if (read.value.kind === 'absolute') return { ok: true, value: read.value.bytesPerSecond };
  return { ok: false, problem: { quoted: text, instead: 'write the limit in force, such as `50MiB/s`' } };
}
