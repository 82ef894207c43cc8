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

/** The first two minutes: what to do next, ticked off by what has really happened. */
export function Guide({
  steps,
  executions,
}: {
  steps: readonly GuideStep[];
  executions: OtherSide['executions'];
}): ReactNode {
  const { slack, takeSeat, write } = usePage();
  const words = wordsOf({
    seats: slack.seats,
    command: slack.app.command,
    question: questionFor(executions),
    takeSeat,
    write,
  });
  const next = steps.find(({ done }) => !done)?.id ?? null;
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
            {id === next ? (
              <p>
                {words[id].hint}{' '}
                {words[id].help === null ? null : (
                  <button type="button" className="link" onClick={words[id].help.run}>
                    {words[id].help.label}
                  </button>
                )}
              </p>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** A transfer that can be slowed, and a rate that does it. */
function questionFor(executions: OtherSide['executions']): { arn: string; rate: string } {
  const moving = executions.find(({ status, mode }) => status === 'TRANSFERRING' && mode === 'BASIC');
  const lower = LOWER.find((rate) => moving !== undefined && rate * MiB < moving.rate);
  return { arn: moving?.arn ?? executions[0]?.arn ?? '', rate: `${lower ?? 100}MiB/s` };
}

function wordsOf(of: {
  seats: readonly Seat[];
  command: string;
  question: { arn: string; rate: string };
  takeSeat: (id: string) => void;
  write: (words: string) => void;
}): Record<GuideStep['id'], Words> {
  const holder = (role: Seat['role']): Seat | undefined => of.seats.find((seat) => seat.role === role);
  const sit = (role: Seat['role']): void => of.takeSeat(holder(role)?.id ?? '');
  const name = (role: Seat['role']): string => holder(role)?.name.split(' ')[0] ?? role;
  return {
    ask: {
      title: 'Ask for a lower limit',
      hint: `A transfer eats the line. As ${name('operator')}, ask for ${of.question.rate}.`,
      help: {
        label: 'Write it for me',
        run: () => {
          sit('operator');
          of.write(`${of.command} ${of.question.arn} ${of.question.rate} for 2h customer call at nine`);
        },
      },
    },
    switch: {
      title: 'Take the lead’s seat',
      hint: 'Nobody agrees to their own request.',
      help: { label: `Become ${name('lead')}`, run: () => sit('lead') },
    },
    review: { title: 'Review, and approve', hint: 'Press Review on the card: the facts are read afresh.', help: null },
    bend: { title: 'See the curve bend', hint: 'Set at AWS, read back, and it bites in a moment.', help: null },
    audit: {
      title: 'Look up the record',
      hint: `As ${name('auditor')}, see who did what.`,
      help: {
        label: 'Write it for me',
        run: () => {
          sit('auditor');
          of.write(`${of.command} audit`);
        },
      },
    },
  };
}
