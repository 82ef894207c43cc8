import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/domain/audit/audit-event.ts';
import type { Person } from '../../../src/domain/policy/policy.ts';
import { canExtend, decideExtension, lengthenedEvents } from '../../../src/domain/request/decide-extend.ts';
import { decideRequest } from '../../../src/domain/request/decide-request.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { decideBegin } from '../../../src/domain/run/change/decide-apply.ts';
import { scheduledEvent } from '../../../src/domain/run/decide-revert.ts';
import { decideRevertNow } from '../../../src/domain/run/grant/decide-revert-now.ts';
import { hasOpenGrant } from '../../../src/domain/run/grant/timed-grant.ts';
import {
  ask,
  at,
  execution,
  folded,
  GROUPS,
  PEOPLE as KNOWN,
  LEAD,
  MIB,
  OPERATOR,
  person,
  policy,
  rule,
} from '../given.ts';

const HOUR = 3600;
const OTHER = person('U0OTHER');
const RULE = rule({
  ...{ approvals: { lower: 0, raise: 1, unlimited: 2 }, maxDurationSeconds: null, requesters: null },
  rate: { min: null, max: null },
});
const PEOPLE = new Map([...KNOWN, [OTHER.user, OTHER]]);
const FACTS = { inForce: policy(RULE), groups: GROUPS, people: PEOPLE };

/** What was approved: 10 MiB/s until then, and what was before only after it. */
const APPROVED = { to: 10 * MIB, seconds: 8 * HOUR };

type Step =
  | { do: 'request'; by: Person; mibPerSecond: number; seconds: number | null }
  | { do: 'extend'; by: Person; seconds: number }
  | { do: 'revert-now'; by: Person }
  | { do: 'wait'; seconds: number };

const seconds = fc.constantFrom(60, 600, HOUR, 7 * HOUR, 8 * HOUR, 9 * HOUR, 24 * HOUR);
// Nobody of them could end the limit on the day that it was approved.
const by = fc.constantFrom(OPERATOR, OTHER);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    ...{ do: fc.constant('request' as const), by },
    ...{ mibPerSecond: fc.constantFrom(1, 5, 9, 9.5, 10, 20, 100), seconds: fc.option(seconds) },
  }),
  fc.record({ do: fc.constant('extend' as const), by, seconds }),
  fc.record({ do: fc.constant('revert-now' as const), by }),
  fc.record({ do: fc.constant('wait' as const), seconds }),
);

/** One execution, as AWS shows it, and the request whose limit stands there. Whatever needs no approval is done at once. */
class World {
  now = 0;
  rate: number;
  running: ThrottleRequest | null = null;
  requests = 0;

  constructor(rate: number) {
    this.rate = rate;
  }

  request(by: Person, to: number, durationSeconds: number | null): string {
    const command = ask({ requester: by, rate: { kind: 'absolute', bytesPerSecond: to }, durationSeconds });
    const asked = decideRequest(command, this.facts(), this.newId());
    if (!asked.ok) return asked.refusal.why;
    return this.applied(asked.event) ?? 'waits';
  }

  extend(by: Person, moreSeconds: number): string {
    const { running } = this;
    if (!running || !canExtend(running)) return 'not held';
    const { rate: _, ...command } = ask({ requester: by });
    const asked = decideExtension({ ...command, durationSeconds: moreSeconds }, running, this.facts(), this.newId());
    if (!asked.ok) return asked.refusal.why;
    return this.applied(asked.event) ?? 'waits';
  }

  /** What AWS shows from now on: the change itself is left out, it is tested elsewhere. */
  private applied(requested: AuditEvent): string | null {
    const when = at(this.now);
    const made = folded(null, when, requested);
    const facts = { ...this.facts(), people: PEOPLE };
    const begun = made.status === 'approved' ? decideBegin(made, facts) : null;
    if (begun?.kind !== 'send') return null;
    if (made.extends) {
      this.running = folded(made, when, ...lengthenedEvents(made, facts));
      return 'longer';
    }
    const sent = folded(made, when, begun.event);
    const done = folded(sent, when, stateEvent(sent, 'applied', null, 'd', { rate: sent.to, status: 'TRANSFERRING' }));
    const scheduled = scheduledEvent(
      { ...sent, version: done.version },
      { policy: 'd', now: when, running: this.running },
    );
    this.rate = made.to;
    this.running = scheduled ? folded(done, when, scheduled) : done;
    return 'applied';
  }

  revertNow(by: Person): string {
    if (!this.running || !hasOpenGrant(this.running)) return 'not held';
    const decision = decideRevertNow(this.running, by, { ...FACTS, now: at(this.now) });
    if (!decision.ok) return decision.refusal.why;
    this.revert();
    return 'reverted';
  }

  wait(seconds: number): string {
    const { running } = this;
    this.now += seconds;
    if (!running || !hasOpenGrant(running) || Date.parse(running.hold.dueAt) > at(this.now).getTime()) return 'waited';
    this.revert();
    return 'time over';
  }

  private revert(): void {
    this.rate = this.running?.hold?.base ?? this.rate;
    this.running = null;
  }

  private facts() {
    const { running } = this;
    const seen = execution({ bytesPerSecond: this.rate });
    return { ...FACTS, rule: RULE, execution: seen, running, now: at(this.now) };
  }

  private newId(): string {
    this.requests += 1;
    return `r-${String(this.requests).padStart(10, '0')}`;
  }
}

function perform(world: World, one: Step): string {
  switch (one.do) {
    case 'request':
      return world.request(one.by, one.mibPerSecond * MIB, one.seconds);
    case 'extend':
      return world.extend(one.by, one.seconds);
    case 'revert-now':
      return world.revertNow(one.by);
    case 'wait':
      return world.wait(one.seconds);
  }
}

describe('requests that need no approval', () => {
  it.each([-1, 100 * MIB])(
    'never lead above what was approved before its time is over, whatever it replaced (%d)',
    (base) => {
      const came = new Set<string>();
      fc.assert(
        fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
          const world = new World(base);
          expect(world.request(LEAD, APPROVED.to, APPROVED.seconds)).toBe('applied');
          for (const one of steps) {
            came.add(`${one.do} ${perform(world, one)}`);
            const over = world.now >= APPROVED.seconds;
            if (!over && (world.rate === -1 || world.rate > APPROVED.to)) {
              throw new Error(`${world.rate} after ${world.now} s, by ${JSON.stringify(one)}`);
            }
          }
        }),
        { numRuns: 800 },
      );
      // So that it can't pass for want of anything that was let through.
      for (const what of [
        'request applied',
        'request waits',
        'extend waits',
        'revert-now may-not-revert',
        'wait time over',
      ])
        expect(came).toContain(what);
    },
  );
});
