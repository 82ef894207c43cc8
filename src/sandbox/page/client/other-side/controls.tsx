import type { ReactNode } from 'react';
import type { AwsTrouble, Control, OtherSide } from '../../page-state.ts';
import { usePage } from '../page-context.ts';

/** The hand that moves what the bot depends on. */
export function Controls({ other }: { other: OtherSide }): ReactNode {
  return (
    <div className="controls">
      <fieldset>
        <legend>A transfer</legend>
        <Press does={{ do: 'start' }}>Start</Press>
        <Press does={{ do: 'queue' }}>Queue</Press>
      </fieldset>
      <fieldset>
        <legend>AWS, for 10 s</legend>
        <Trouble kind="throttle" other={other}>
          Throttles
        </Trouble>
        <Trouble kind="hang" other={other}>
          Hangs
        </Trouble>
      </fieldset>
      <fieldset>
        <legend>Redis</legend>
        <RedisSwitch redis={other.redis} />
      </fieldset>
    </div>
  );
}

function Trouble({ kind, other, children }: { kind: AwsTrouble; other: OtherSide; children: ReactNode }): ReactNode {
  const { now, trouble } = other;
  const left = trouble?.kind === kind ? Math.max(1, Math.ceil((trouble.until - now) / 1000)) : null;
  return (
    <Press does={{ do: 'aws', kind }} isOn={left !== null}>
      {children}
      {left === null ? null : ` ${left} s`}
    </Press>
  );
}

function RedisSwitch({ redis }: Pick<OtherSide, 'redis'>): ReactNode {
  if (redis === 'not ours') return <small>from outside</small>;
  const stopped = redis === 'stopped';
  return (
    <Press does={{ do: 'redis', run: stopped }} isOn={stopped} disabled={redis === 'changing'}>
      {stopped ? 'Start' : 'Stop'}
      <span className="hidden"> Redis</span>
    </Press>
  );
}

function Press(of: { does: Control; isOn?: boolean; disabled?: boolean; children: ReactNode }): ReactNode {
  const { control } = usePage();
  return (
    <button
      type="button"
      className={of.isOn === true ? 'on' : ''}
      disabled={of.disabled}
      onClick={() => void control(of.does)}
    >
      {of.children}
    </button>
  );
}
