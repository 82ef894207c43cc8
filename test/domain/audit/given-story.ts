import type { PolicyInForce } from '../../../src/domain/policy/policies-in-force.ts';
import { decideRequest } from '../../../src/domain/request/decide-request.ts';
import { decideReview } from '../../../src/domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { decideBegin, judgeLook } from '../../../src/domain/run/change/decide-apply.ts';
import { decideRevert, judgeRevert, scheduledEvent } from '../../../src/domain/run/decide-revert.ts';
import { hasOpenGrant, type TimedGrant } from '../../../src/domain/run/grant/timed-grant.ts';
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
export const NO_ANSWER = { requestId: null, refused: null, putOff: null };

export function begin(name: string) {
  const story: Story = { name, events: [], state: null };
  const now = (): ThrottleRequest => {
    if (!story.state) throw new Error(`${name}: nothing was requested`);
    return story.state;
  };
  return {
    story,
    now,
    held(): ThrottleRequest & { hold: TimedGrant } {
      const request = now();
      if (!hasOpenGrant(request)) throw new Error(`${name}: nothing is held`);
      return request;
    },
    add(seconds: number, ...events: (Told | null)[]): void {
      for (const event of events) {
        if (!event) throw new Error(`${name}: an event was expected`);
        story.events.push({ event, at: at(seconds) });
        if (story.state || event.request) story.state = folded(story.state, at(seconds), event);
      }
    },
  };
}

export type Teller = ReturnType<typeof begin>;

export function request(
  story: Teller,
  but: Parameters<typeof ask>[0] = {},
  of = rule(),
  inForce = policy(of),
  running = null,
) {
  const about = { rule: of, inForce, groups: GROUPS, people: PEOPLE, execution: execution(), running, now: at(0) };
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

export function look(story: Teller, rate: number, sent: Parameters<typeof judgeLook>[2]['sent'], seconds = 62) {
  const seen = execution({ bytesPerSecond: rate, requestId: 'aws-2' });
  const verdict = judgeLook(story.now(), seen, { policy: 'd', now: at(seconds), sent });
  if (verdict.kind === 'look-again') throw new Error('nothing to tell');
  story.add(seconds, verdict.event);
}

/** In force for an hour, from second 62 on. */
export function inForce(name: string, but: Parameters<typeof ask>[0] = { durationSeconds: HOUR }): Teller {
  const story = begin(name);
  request(story, but, FREE);
  start(story);
  look(story, SET, { ...NO_ANSWER, requestId: 'aws-u' });
  story.add(62, scheduledEvent(story.now(), { policy: 'd', now: at(62), running: null }));
  return story;
}

export function revert(story: Teller) {
  const decision = decideRevert(story.held(), {
    execution: execution({ bytesPerSecond: SET }),
    policy: 'd',
    now: at(2 * HOUR),
  });
  if (decision.kind !== 'send') throw new Error(decision.kind);
  story.add(2 * HOUR, decision.event);
}

export function lookBack(
  story: Teller,
  rate: number,
  sent: Parameters<typeof judgeRevert>[2]['sent'],
  status?: string,
) {
  const seen = execution({ bytesPerSecond: rate, ...(status ? { status } : {}) });
  const verdict = judgeRevert(story.held(), seen, { policy: 'd', now: at(2 * HOUR + 1), sent });
  if (verdict.kind === 'look-again') throw new Error('nothing to tell');
  story.add(2 * HOUR + 1, verdict.event);
}
