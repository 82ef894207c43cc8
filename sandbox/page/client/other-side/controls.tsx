import { type ReactNode, useState } from 'react';
import type { AwsTrouble, Control, OtherSide } from '../../page-state.ts';
import { usePage } from '../page-context.ts';

type Press = (control: Control) => void;

/** The hand that moves what the bot depends on. */
export function Controls({ other, onTransfer }: { other: OtherSide; onTransfer: () => void }): ReactNode {
  const { control } = usePage();
  const [fault, setFault] = useState<string | null>(null);
  const press: Press = async (wanted) => {
    if (wanted.do === 'start' || wanted.do === 'queue') onTransfer();
    setFault(null);
    setFault(await control(wanted));
  };
  return (
    <div className="controls">
      <fieldset>
        <legend>A transfer</legend>
        <button type="button" onClick={() => press({ do: 'start' })}>
          Start
        </button>
        <button type="button" onClick={() => press({ do: 'queue' })}>
          Queue
        </button>
      </fieldset>
      <fieldset>
        <legend>AWS, for 10 s</legend>
        <Trouble kind="throttle" other={other} press={press}>
          Throttles
        </Trouble>
        <Trouble kind="hang" other={other} press={press}>
          Hangs
        </Trouble>
      </fieldset>
      <fieldset>
        <legend>Redis</legend>
        <RedisSwitch redis={other.redis} press={press} />
      </fieldset>
      {fault === null ? null : (
        <p className="failed" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

function Trouble(of: { kind: AwsTrouble; other: OtherSide; press: Press; children: ReactNode }): ReactNode {
  const { now, trouble } = of.other;
  const left = trouble?.kind === of.kind ? Math.max(1, Math.ceil((trouble.until - now) / 1000)) : null;
  return (
    <button type="button" className={left === null ? '' : 'on'} onClick={() => of.press({ do: 'aws', kind: of.kind })}>
      {of.children}
      {left === null ? null : ` ${left} s`}
    </button>
  );
}

function RedisSwitch({ redis, press }: Pick<OtherSide, 'redis'> & { press: Press }): ReactNode {
  if (redis === 'not ours') return <small>from outside</small>;
  const stopped = redis === 'stopped';
  const changing = redis === 'changing';
  return (
    // Not `disabled`, which would take the focus away from it.
    <button
      type="button"
      className={stopped ? 'on' : ''}
      aria-disabled={changing}
      onClick={() => (changing ? undefined : press({ do: 'redis', run: stopped }))}
    >
      {stopped ? 'Start' : 'Stop'}
      <span className="hidden"> Redis</span>
    </button>
  );
}
