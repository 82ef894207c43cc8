import fc from 'fast-check';
import { expect } from 'vitest';
import { visibleText } from '../../../../sandbox/slack/block-walk.ts';
import { checkBlocks, checkView } from '../../../../sandbox/slack/limits/block-limits.ts';
import type { TaskExecution } from '../../../../src/domain/execution/task-execution.ts';
import type { Rule } from '../../../../src/domain/policy/policy.ts';
import type {
  Approval,
  Ending,
  RequestStatus,
  ThrottleRequest,
} from '../../../../src/domain/request/throttle-request.ts';
import type { TimedGrant } from '../../../../src/domain/run/grant/timed-grant.ts';
import { type Grant, type Run, untouchedRun } from '../../../../src/domain/run/run.ts';

const MIB = 1_048_576;
export const NOW = new Date('2026-11-22T13:25:00.000Z');
export const ARN =
  'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0/execution/exec-0123456789abcdef0';
export const RECORD = { seq: 42, hash: '0123456789abcdef'.repeat(4) };
export const STATUSES: readonly RequestStatus[] = [
  'pending',
  'approved',
  'applying',
  'applied',
  'failed',
  'stale',
  'denied',
  'cancelled',
  'expired',
];

export const seal = (id: string) => `sealed ${id}`;

export function rule(but: Partial<Rule> = {}): Rule {
  return {
    name: 'production',
    match: {},
    requesters: { users: ['U0OPER'], groups: ['S0OPS'] },
    approvers: { users: ['U0LEAD', 'U0OPER'], groups: ['S0LEADS'] },
    approvals: { lower: 1, raise: 1, unlimited: null },
    rate: { min: MIB, max: 1024 * MIB },
    maxDurationSeconds: 43_200,
    reason: 'required',
    expiresInSeconds: 1800,
    reminders: true,
    shared: false,
    role: null,
    ...but,
  };
}

/** 42 % of 100 GiB, at 100 MiB/s since the start. */
export function execution(but: Partial<TaskExecution> = {}): TaskExecution {
  return {
    arn: ARN,
    status: 'TRANSFERRING',
    mode: 'BASIC',
    bytesPerSecond: 100 * MIB,
    taskName: 'nightly_sync',
    bytesTransferred: 43_008 * MIB,
    bytesEstimated: 102_400 * MIB,
    bytesWritten: 43_008 * MIB,
    bytesCompressed: 43_008 * MIB,
    startedAt: new Date(NOW.getTime() - 430_080).toISOString(),
    lookedAt: NOW.toISOString(),
    requestId: null,
    ...but,
  };
}

/** Ann asks for 50 MiB/s where 100 MiB/s is in force; one approval is needed. */
export function request(but: Partial<ThrottleRequest> = {}): ThrottleRequest {
  return {
    id: 'r-0123456789',
    version: 1,
    status: 'pending',
    requester: { team: 'T0', user: 'U0OPER', name: 'Ann Oper' },
    channel: 'C0OPS',
    execution: ARN,
    account: '111122223333',
    region: 'us-east-1',
    taskName: 'nightly_sync',
    mode: 'BASIC',
    from: 100 * MIB,
    to: 50 * MIB,
    direction: 'lower',
    durationSeconds: null,
    reason: 'cutover tonight',
    rule: 'production',
    policy: 'digest',
    approvalsNeeded: 1,
    approvals: [],
    requestedAt: '2026-11-22T13:20:00.000Z',
    expiresAt: '2026-11-22T13:50:00.000Z',
    apply: null,
    ending: null,
    extends: null,
    undoes: null,
    hold: null,
    drift: null,
    ...but,
  };
}

export function approval(user = 'U0LEAD', name = 'Bo Lead'): Approval {
  return { by: { team: 'T0', user, name }, at: '2026-11-22T13:22:00.000Z', comment: null };
}

export function ending(but: Partial<Ending> = {}): Ending {
  return {
    at: NOW.toISOString(),
    by: null,
    comment: null,
    why: null,
    rate: null,
    awsRequestId: null,
    refused: null,
    ...but,
  };
}

/** In force for two hours since now, then back to 100 MiB/s. */
export function hold(but: Partial<TimedGrant> = {}): TimedGrant {
  return {
    since: NOW.toISOString(),
    scheduledAt: NOW.toISOString(),
    dueAt: new Date(NOW.getTime() + 7_200_000).toISOString(),
    base: 100 * MIB,
    role: null,
    by: null,
    sent: null,
    end: null,
    ...but,
  };
}

/** The run with these grants, in the order in which they were applied; the newest is in force. */
export function runWith(grants: readonly Partial<Grant>[], but: Partial<Run> = {}): Run {
  const all = grants.map((one) => ({ request: 'r-0123456789', rate: 50 * MIB, until: null, role: null, ...one }));
  const newest = all.at(-1);
  const set = { rate: newest?.rate ?? 100 * MIB, request: newest?.request ?? null };
  const inForce = { ...set, or: null, at: NOW.toISOString() };
  return { ...untouchedRun(ARN), version: 3, baseline: 100 * MIB, inForce, grants: all, ...but };
}

/** What people and AWS may write: all that Slack reads as something, all that breaks lines, halves of characters. */
export function funny(max: number): fc.Arbitrary<string> {
  const bit = fc.oneof(
    fc.constantFrom(
      '<!channel>',
      '<@U0VICTIM>',
      '<!subteam^S0ALL>',
      '<https://x.test|y>',
      '<',
      '>',
      '&',
      '&lt;',
      '*',
      '`',
    ),
    fc.constantFrom(
      '```',
      '~',
      '_',
      '\n',
      '\u202e',
      '\ud83d',
      '🚀',
      ':tada:',
      '@channel',
      '|',
      '^',
      ' ',
      'word',
      '*b*',
    ),
    fc.string({ maxLength: 8, unit: 'binary' }),
  );
  return fc.array(bit, { maxLength: 60 }).map((bits) => bits.join('').slice(0, max));
}

/** The longest that can be, of what grows when escaped. */
export const LONGEST = (max: number) => '&'.repeat(max);

const OURS =
  /^<(?:@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+|#C[A-Z0-9]+|!date\^\d+\^[^|<>]*\|[^<>]*|https:\/\/[^|<>\s]+\|[^<>]*)>/;
const NOT_OURS = /U0VICTIM|S0ALL|x\.test/;

/** Nothing in our mrkdwn but our own tokens; what a person wrote is only words. */
export function expectHarmless(texts: readonly string[]): void {
  for (const text of texts) {
    for (const { 0: token } of text.matchAll(/<[^>]*>?/g)) {
      expect(token).toMatch(OURS);
      expect(token).not.toMatch(NOT_OURS);
    }
    expect(text.replace(/<[^>]*>/g, '')).not.toContain('>');
    expect(text.split('`').length % 2).toBe(1);
    expect(text).toBe(text.replace(/\p{Cs}/gu, ''));
  }
}

/** Every text that Slack would read as mrkdwn. */
export function mrkdwnOf(shown: unknown): string[] {
  if (Array.isArray(shown)) return shown.flatMap(mrkdwnOf);
  if (typeof shown !== 'object' || shown === null) return [];
  const { type, text } = shown as { type?: unknown; text?: unknown };
  if (type === 'mrkdwn') return [String(text)];
  return Object.values(shown).flatMap(mrkdwnOf);
}

/** A message that Slack takes, that wakes nobody by a person's words, and that says something without its blocks. */
export function expectGoodMessage(message: { text: string; blocks: unknown[] }): void {
  expect(checkBlocks(message.blocks, 'message')).toEqual([]);
  expect(message.text.length).toBeGreaterThan(0);
  expect(message.text.length).toBeLessThanOrEqual(3000);
  expectHarmless([message.text, ...mrkdwnOf(message.blocks)]);
}

export function expectGoodView(view: unknown): void {
  expect(checkView(view)).toEqual([]);
  expectHarmless(mrkdwnOf(view));
}

/** All that is to read, as one text. */
export function read(shown: object): string {
  return visibleText(shown as Parameters<typeof visibleText>[0]);
}
