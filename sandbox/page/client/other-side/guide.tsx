import type { ReactNode } from 'react';
import type { GuideStep, OtherSide, Seat } from '../../page-state.ts';
import { usePage } from '../page-context.ts';

const MiB = 1_048_576;
const LOWER = [50, 25, 10];

interface Words {
  title: string;
  hint: string;
  help: { label: string; run: () => void } | null;
}

interface GuideParts {
  steps: readonly GuideStep[];
  executions: OtherSide['executions'];
}

/** The first two minutes: what to do next, ticked off by what has really happened. */
export function Guide({ steps, executions }: GuideParts): ReactNode {
  const words = useWords(executions);
  const next = nextOf(steps);
  return (
    <section className="guide" aria-label="First steps">
      <h2>
        {next === null ? 'All seen. Now try to break it: the buttons are below.' : 'Live through it in two minutes'}
      </h2>
      <ol className={next === null ? 'hidden' : ''}>
        {steps.map(({ id, done }) => (
          <li
            key={id}
            className={done ? 'done' : id === next ? 'next' : ''}
            aria-current={id === next ? 'step' : undefined}
          >
            <span className="tick" aria-hidden="true">
              {done ? '✓' : ''}
            </span>
            <span>
              {words[id].title}
              {done ? <span className="hidden"> (done)</span> : null}
            </span>
            {id === next ? <Hint of={words[id]} /> : null}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The same step in a line, for where there is room for one side only. */
export function NextStep({ steps, executions }: GuideParts): ReactNode {
  const words = useWords(executions);
  const next = nextOf(steps);
  if (next === null) return null;
  const { hint, help } = words[next];
  return (
    <section className="next-step" aria-label="Next step">
      <b>Next: {words[next].title}.</b> {help === null ? hint : <HelpButton of={help} />}
    </section>
  );
}

function Hint({ of: { hint, help } }: { of: Words }): ReactNode {
  return (
    <p>
      {hint} {help === null ? null : <HelpButton of={help} />}
    </p>
  );
}

function HelpButton({ of: { label, run } }: { of: NonNullable<Words['help']> }): ReactNode {
  return (
    <button type="button" className="link" onClick={run}>
      {label}
    </button>
  );
}

function nextOf(steps: readonly GuideStep[]): GuideStep['id'] | null {
  return steps.find(({ done }) => !done)?.id ?? null;
}

/** A transfer that can be slowed, and a rate that does it; null where none runs. */
function questionFor(executions: OtherSide['executions']): { arn: string; rate: string } | null {
  const moving = executions.filter(({ status }) => status === 'TRANSFERRING');
  // A limit is known to bite in basic mode.
  const one = moving.find(({ mode }) => mode === 'BASIC') ?? moving[0];
  if (one === undefined) return null;
  return { arn: one.arn, rate: `${LOWER.find((rate) => rate * MiB < one.rate) ?? 100}MiB/s` };
}

function useWords(executions: OtherSide['executions']): Record<GuideStep['id'], Words> {
  const { slack, takeSeat, write } = usePage();
  const question = questionFor(executions);
  const holder = (role: Seat['role']): Seat | undefined => slack.seats.find((seat) => seat.role === role);
  const name = (role: Seat['role']): string => holder(role)?.name.split(' ')[0] ?? role;
  const writing = (role: Seat['role'], words: string): Words['help'] => ({
    label: 'Write it for me',
    run: () => write(`${slack.app.command} ${words}`, holder(role)?.id),
  });
  return {
    ask: {
      title: 'Ask for a lower limit',
      ...(question === null
        ? { hint: 'No transfer is running: start a transfer below.', help: null }
        : {
            hint: `A transfer eats the line. As ${name('operator')}, ask for ${question.rate}.`,
            help: writing('operator', `${question.arn} ${question.rate} for 2h customer call at nine`),
          }),
    },
    switch: {
      title: 'Take the lead’s seat',
      hint: 'Nobody agrees to their own request.',
      help: { label: `Become ${name('lead')}`, run: () => takeSeat(holder('lead')?.id ?? '') },
    },
    review: { title: 'Review, and approve', hint: 'Press Review on the card: the facts are read afresh.', help: null },
    bend: { title: 'See the curve bend', hint: 'Set at AWS, read back, and it bites in a moment.', help: null },
    audit: {
      title: 'Look up the record',
      hint: `As ${name('auditor')}, see who did what.`,
      help: writing('auditor', 'audit'),
    },
  };
}
