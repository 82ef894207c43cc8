import type { DatedEvent, EventName } from '../audit/audit-event.ts';
import { mayHaveTakenEffect } from './change/sending.ts';
import { type ChangeCause, type ChangeInFlight, grantOf, type Run, untouchedRun } from './run.ts';

/** How long a change may take to appear in AWS after it was sent. */
export const LATE_WRITE_SECONDS = 900;

const RUN_EVENTS = [
  'apply.started',
  'applied',
  'apply.failed',
  'revert.scheduled',
  'revert.started',
  'reverted',
  'revert.skipped',
  'revert.failed',
  'drift.detected',
] as const satisfies readonly EventName[];

type RunEvent = Extract<DatedEvent, { event: (typeof RUN_EVENTS)[number] }>;

type StartedEvent = Extract<RunEvent, { event: 'apply.started' | 'revert.started' }>;

export function isRunEvent<E extends { event: EventName }>(
  event: E,
): event is E & { event: (typeof RUN_EVENTS)[number] } {
  return (RUN_EVENTS as readonly string[]).includes(event.event);
}

/** The next state of a run. Events that don't concern its limit leave it unchanged. */
export function evolveRun(before: Run | null, event: DatedEvent): Run | null {
  if (!isRunEvent(event) || event.execution === null) return before;
  if (before && before.execution !== event.execution) {
    throw new Error(`record of ${event.execution} folded into ${before.execution}`);
  }
  const run = before ?? untouchedRun(event.execution);
  return { ...moved(run, event), version: run.version + 1 };
}

function moved(run: Run, event: RunEvent): Run {
  switch (event.event) {
    case 'apply.started':
    case 'revert.started':
      return started(run, event);
    case 'applied':
      return applied(run, event);
    case 'reverted': {
      const now = settled(run, event);
      return { ...now, inForce: after(now.inForce, event.request), grants: without(now, event.request) };
    }
    case 'apply.failed':
      return failed(run, event);
    case 'revert.failed':
      return revertFailed(run, event);
    case 'revert.scheduled': {
      const { dueAt: until, role } = event.detail;
      return {
        ...run,
        grants: run.grants.map((one) => (one.request === event.request ? { ...one, until, role } : one)),
      };
    }
    case 'revert.skipped':
      if (event.detail.why === 'replaced' && run.inForce?.request === event.request) return leftSet(run, event);
      if (event.detail.why === 'changed') return changedOutside(endedBy(run, event), event, event.detail.rate);
      return endedBy(run, event);
    case 'drift.detected':
      return changedOutside(run, event, event.detail.rate);
    default:
      return unknownEvent(event);
  }
}

function unknownEvent(event: never): never {
  throw new Error(`no event of a run: ${JSON.stringify(event)}`);
}

function started(run: Run, event: StartedEvent): Run {
  const { from, to, at, detail, request } = event;
  if (from === null || to === null) throw new Error(`${event.event} without its rates`);
  const putOff = detail.putOff ?? null;
  const cause = causeOf(event);
  const change: ChangeInFlight = {
    cause,
    request,
    grant: cause === 'grant' ? request : nextGrant(run, event),
    ...linkOf(event),
    from,
    to,
    sentAt: at,
    attempt: detail.attempt,
    role: detail.role,
    putOff,
  };
  // It was recorded again because AWS certainly did not carry out the last one.
  const sent = putOff && !mayHaveTakenEffect(putOff) ? run.unconfirmed.slice(0, -1) : run.unconfirmed;
  const unconfirmed = putOff ? sent : recent([...sent, { rate: to, sentAt: at }], at);
  // The records may begin after the one that says what the limit was before.
  return { ...run, baseline: detail.grant === null ? to : run.baseline, change, unconfirmed };
}

/** The link whose limit will be set, or that caps the one that will. */
function linkOf({ detail }: StartedEvent): Pick<ChangeInFlight, 'link'> {
  return detail.link === undefined ? {} : { link: detail.link };
}

/** The request whose limit will be set. Older versions record its rate alone; a link's limit belongs to none. */
function nextGrant(run: Run, { detail, request, to }: StartedEvent): string | null {
  if (detail.grant !== undefined) return detail.grant;
  if (detail.link !== undefined) return null;
  const next = run.grants.findLast((one) => one.request !== request);
  return next?.rate === to ? next.request : null;
}

function causeOf(event: StartedEvent): ChangeCause {
  if (event.event === 'revert.started') return 'end';
  return event.detail.cause ?? 'grant';
}

function applied(before: Run, event: Extract<RunEvent, { event: 'applied' }>): Run {
  const { request, from, to, detail, at } = event;
  if (from === null || to === null) return settled(before, event);
  if (request === null) {
    const baseline = before.change?.cause === 'link' ? (before.baseline ?? from) : before.baseline;
    return { ...settled(before, event), baseline };
  }
  // Changed outside the bot, and requested before the bot saw that.
  const run = mayShow(before, from) ? before : changedOutside(before, event, from);
  const role = before.change?.request === request ? before.change.role : null;
  const now = settled(run, event);
  const grants = [...without(now, request), { request, rate: to, until: null, role }];
  const inForce = withLink({ rate: detail.rate, or: null, at, request }, detail.cappedBy);
  return { ...now, baseline: run.baseline ?? from, inForce, grants };
}

/** Whether AWS may show this limit although nobody changed it outside the bot. */
export function mayShow({ inForce }: Pick<Run, 'inForce'>, rate: number): boolean {
  return inForce === null || inForce.rate === rate || inForce.or === rate;
}

/** A change was read back. */
function settled(run: Run, event: Extract<RunEvent, { event: 'applied' | 'reverted' }>): Run {
  const change = isOf(run.change, event) ? run.change : null;
  const { rate, open = false } = event.detail;
  const unconfirmed =
    change && !open ? run.unconfirmed.filter(({ sentAt }) => sentAt !== change.sentAt) : run.unconfirmed;
  const inForce = withLink({ rate, or: null, at: event.at, request: change?.grant ?? null }, change?.link);
  const grants = run.grants.filter(({ stillSet = false }) => !stillSet);
  const { notSet: _, ...rest } = run;
  return { ...rest, change: change ? null : run.change, inForce, grants, unconfirmed };
}

function after(inForce: Run['inForce'], request: string | null): Run['inForce'] {
  return inForce?.request && request !== null ? { ...inForce, after: request } : inForce;
}

function failed(run: Run, event: Extract<RunEvent, { event: 'apply.failed' }>): Run {
  const { why, rate } = event.detail;
  const change = isOf(run.change, event) ? run.change : null;
  const isOfLink = change?.cause === 'link';
  const next = change
    ? { ...run, change: null, ...(isOfLink ? { notSet: { rate: change.to, at: event.at } } : {}) }
    : run;
  if (why === 'other-rate') return changedOutside(next, event, rate);
  return why === 'unseen' && change ? perhapsSet(next, change, event.at) : next;
}

function revertFailed(run: Run, event: Extract<RunEvent, { event: 'revert.failed' }>): Run {
  const change = isOf(run.change, event) ? run.change : null;
  const next = { ...run, change: change ? null : run.change, grants: without(run, event.request) };
  return event.detail.why === 'unseen' && change ? perhapsSet(next, change, event.at) : next;
}

/** AWS may have carried a change out: it is unknown which of the two limits it has. */
function perhapsSet(run: Run, change: ChangeInFlight, at: string): Run {
  const { rate, request = null, link } = run.inForce ?? { rate: change.from };
  const inForce = withLink({ rate, or: change.to, at, request }, link);
  return { ...run, baseline: run.baseline ?? change.from, inForce };
}

/** The same limit as one of this link, or of none. */
function withLink(limit: NonNullable<Run['inForce']>, name: string | undefined): NonNullable<Run['inForce']> {
  const { link: _, ...rest } = limit;
  return { ...rest, ...(name === undefined ? {} : { link: name }) };
}

function endedBy(run: Run, event: Extract<RunEvent, { event: 'revert.skipped' }>): Run {
  const change = isOf(run.change, event) ? null : run.change;
  const { why, grant = null } = event.detail;
  // The execution has ended while it had a limit of a link.
  if (event.request === null) return { ...run, change, inForce: null };
  const same = why === 'same-rate' ? run.inForce : null;
  const inForce = same ? { ...withLink(same, event.detail.link), request: grant } : run.inForce;
  const baseline = same && event.detail.grant === null ? same.rate : run.baseline;
  return { ...run, baseline, change, inForce, grants: without(run, event.request) };
}

/** A bot of an older version ended the grant whose limit is set, and set no other one. */
function leftSet(run: Run, { request, at }: Extract<RunEvent, { event: 'revert.skipped' }>): Run {
  const grants = run.grants.map((one) =>
    one.request === request ? { ...one, until: at, stillSet: true as const } : one,
  );
  return { ...run, grants };
}

/** Whether an event is about this change. */
function isOf(change: ChangeInFlight | null, { request }: RunEvent): boolean {
  return change !== null && request === change.request;
}

/** Somebody changed the limit outside the bot: no grant applies any more, and it is the limit to return to. */
function changedOutside(run: Run, { at, link = null }: Pick<RunEvent, 'at' | 'link'>, rate: number | null): Run {
  if (rate === null) return { ...run, grants: [] };
  const outside = link === null ? {} : { outside: true as const };
  const inForce = { rate, or: null, at, request: null, ...outside };
  return { ...run, grants: [], baseline: rate, inForce, unconfirmed: [] };
}

function without(run: Run, request: string | null) {
  return request !== null && grantOf(run, request) ? run.grants.filter((one) => one.request !== request) : run.grants;
}

function recent<T extends { sentAt: string }>(sent: readonly T[], now: string): T[] {
  return sent.filter(({ sentAt }) => Date.parse(now) - Date.parse(sentAt) < LATE_WRITE_SECONDS * 1000);
}
