import { decideExtension, unsentEvents } from '../../../src/domain/request/decide-extend.ts';
import { decideRequest } from '../../../src/domain/request/decide-request.ts';
import { ask, at, execution, GROUPS, LEAD, MIB, PEOPLE, policy, rule } from '../given.ts';
import { begin, FREE, HOUR, inForce, SET, type Teller } from './given-story.ts';

/** More time for a limit, and a limit that lasts longer than the one that it covers. */
export function extensions(): Teller[] {
  const first = inForce('more time', { durationSeconds: 600 });
  const running = first.held();
  const story = begin('more time for a limit that runs');
  const seen = execution({ bytesPerSecond: SET });
  const about = { rule: FREE, inForce: policy(FREE), groups: GROUPS, people: PEOPLE, execution: seen, now: at(100) };
  const { rate: _, ...more } = ask({ requester: LEAD });
  const command = { ...more, durationSeconds: 600 };
  const decision = decideExtension(command, running, { ...about, run: first.run() }, 'r-more');
  if (!decision.ok) throw new Error(decision.refusal.why);
  story.add(100, decision.event);
  const followed = { run: first.run(), extended: running, execution: seen, inForce: policy(FREE), now: at(101) };
  story.add(101, ...unsentEvents(story.now(), followed));
  const late = begin('more time for a limit that is over');
  late.add(100, decision.event);
  late.add(101, ...unsentEvents(late.now(), { ...followed, run: null }));
  return [story, late, exceeding(about)];
}

function exceeding(about: { groups: typeof GROUPS; people: typeof PEOPLE; now: Date }): Teller {
  const raised = inForce('raised', { durationSeconds: 600, rate: { kind: 'absolute', bytesPerSecond: 200 * MIB } });
  const strict = rule({ approvals: { lower: 0, raise: 2, unlimited: null }, maxDurationSeconds: null });
  const story = begin('less than a raise, for longer');
  const decision = decideRequest(
    ask({ rate: { kind: 'absolute', bytesPerSecond: 150 * MIB }, durationSeconds: HOUR }),
    {
      ...{ ...about, rule: strict, inForce: policy(strict), run: raised.run() },
      execution: execution({ bytesPerSecond: 200 * MIB }),
    },
    'r-longer',
  );
  if (!decision.ok) throw new Error(decision.refusal.why);
  story.add(100, decision.event);
  return story;
}
