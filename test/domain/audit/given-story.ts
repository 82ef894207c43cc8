import type { PolicyInForce } from '../../../src/domain/policy/policies-in-force.ts';
import { decideRequest } from '../../../src/domain/request/decide-request.ts';
import { decideReview } from '../../../src/domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import {
  doneEvent,
  type PlannedChange,
  planOf,
  startedEvent,
  undoneEvent,
} from '../../../src/domain/run/change/change-events.ts';
import { decideBegin } from '../../../src/domain/run/change/decide-apply.ts';
import { judgeChange } from '../../../src/domain/run/change/judge-change.ts';
import type { Sent } from '../../../src/domain/run/change/sending.ts';
import { evolveRun } from '../../../src/domain/run/evolve-run.ts';
import { scheduledEvent } from '../../../src/domain/run/grant/schedule-end.ts';
import { hasOpenGrant, type TimedGrant } from '../../../src/domain/run/grant/timed-grant.ts';
import type { Run } from '../../../src/domain/run/run.ts';
import { ask, at, execution, facts, folded, GROUPS, type LEAD, MIB, PEOPLE, policy, rule } from '../given.ts';

type Told = NonNullable<Parameters<typeof folded>[2]>;

/** What happened to one request, or to none, oldest first, and what the request has come to. */
export interface Story {
  name: string;
  events: { event: Told; at: Date }[];
  state: ThrottleRequest | null;
}

export const SET = 50 * MIB;
export const BASE = 100 * MIB;
export const HOUR = 3600;
export const UNTIL = at(HOUR).toISOString();
export const CHANGE = 'datasync:UpdateTaskExecution';
export const LOOK = 'datasync:DescribeTaskExecution';
export const ONE = policy(rule());
export const TWO: PolicyInForce = { ...ONE, others: [{ policy: ONE.policy, digest: 'digest of another' }] };
export const FREE = rule({ approvals: { lower: 0, raise: 0, unlimited: 0 } });
export const NO_ANSWER: Sent = { requestId: null, accepted: false, refused: null, putOff: null };
export const ACCEPTED: Sent = { ...NO_ANSWER, requestId: 'aws-u', accepted: true };

export function begin(name: string) {
  const story: Story = { name, events: [], state: null };
  let run: Run | null = null;
  const now = (): ThrottleRequest => {
    if (!story.state) throw new Error(`${name}: nothing was requested`);
    return story.state;
  };
  return {
    story,
    now,
    run(): Run {
      if (!run) throw new Error(`${name}: nothing was set`);
      return run;
    },
    held(): ThrottleRequest & { hold: TimedGrant } {
      const request = now();
      if (!hasOpenGrant(request)) throw new Error(`${name}: nothing is held`);
      return request;
    },
    add(seconds: number, ...events: (Told | null)[]): void {
      for (const event of events) {
        if (!event) throw new Error(`${name}: an event was expected`);
        story.events.push({ event, at: at(seconds) });
        run = evolveRun(run, { ...event, at: at(seconds).toISOString() });
        if (story.state || event.request) story.state = folded(story.state, at(seconds), event);
      }
    },
  };
}

export type Teller = ReturnType<typeof begin>;

export function request(story: Teller, but: Parameters<typeof ask>[0] = {}, of = rule(), inForce = policy(of)) {
  const about = { rule: of, inForce, groups: GROUPS, people: PEOPLE, execution: execution(), run: null, now: at(0) };
  const decision = decideRequest(ask(but), about, 'r-0123456789');
  if (!decision.ok) throw new Error(decision.refusal.why);
  story.add(0, decision.event);
}

export function review(
  story: Teller,
  by: typeof LEAD,
  decision: 'approve' | 'deny',
  comment: string | null,
  inForce = ONE,
) {
  const made = decideReview(story.now(), { by, decision, comment }, facts({ inForce }));
  story.add(60, ...made.events);
}

export function start(story: Teller, of = FREE) {
  const begun = decideBegin(story.now(), facts({ inForce: policy(of) }));
  if (begun.kind === 'wait') throw new Error('it waits');
  story.add(61, begun.event);
}

/** The change in flight, as it was planned. */
export function planned(story: Teller): PlannedChange & { attempt: number } {
  const request = story.now();
  const { change } = story.run();
  if (!change) throw new Error('no change is in flight');
  return { ...planOf(change, { execution: request.execution, request, policy: 'd' }), attempt: change.attempt };
}

/** What comes of the change in flight, by what AWS shows. */
export function look(story: Teller, rate: number, sent: Sent | null, seconds = 62) {
  const seen = execution({ bytesPerSecond: rate, requestId: 'aws-2' });
  const { attempt, ...plan } = planned(story);
  const { change } = story.run();
  if (!change) throw new Error('no change is in flight');
  const verdict = judgeChange(change, seen, { now: at(seconds), sent, takenOver: false });
  const ended = { execution: seen, sent, attempt };
  switch (verdict.kind) {
    case 'done':
      return story.add(seconds, doneEvent(plan, seen, { sent, attempt, open: verdict.open }));
    case 'changed-outside':
      return story.add(seconds, undoneEvent(plan, { why: 'other-rate', ...ended }));
    case 'ended':
    case 'ignored':
      return story.add(seconds, undoneEvent(plan, { why: verdict.kind, ...ended }));
    case 'refused': {
      const { why, action, said = null } = verdict.refused;
      const about = { action, said, role: plan.role, requestId: seen.requestId };
      return story.add(seconds, undoneEvent(plan, { why, ...ended, about }));
    }
    case 'send-again':
      return story.add(seconds, startedEvent(plan, verdict.attempt));
    case 'put-off':
      return story.add(seconds, startedEvent(plan, attempt, verdict.putOff));
    case 'look-again':
      throw new Error('nothing to tell');
  }
}

/** In force for an hour, from second 62 on. */
export function inForce(name: string, but: Parameters<typeof ask>[0] = { durationSeconds: HOUR }): Teller {
  const story = begin(name);
  request(story, but, FREE);
  start(story);
  look(story, story.now().to, ACCEPTED);
  story.add(62, scheduledEvent(story.now(), { policy: 'd', now: at(62), run: null, from: BASE }));
  return story;
}

export function revert(story: Teller) {
  const held = story.held();
  const { execution: arn, hold } = held;
  const plan = { execution: arn, cause: 'end', request: held, grant: null, from: SET, to: BASE, policy: 'd' } as const;
  story.add(2 * HOUR, startedEvent({ ...plan, role: hold.role }, 1));
}

/** The same of a revert. */
export function lookBack(story: Teller, rate: number, sent: Sent | null, seconds = 2 * HOUR + 1) {
  look(story, rate, sent, seconds);
}
