import type { ReactNode } from 'react';
import { usePage } from '../page-context.ts';
import { Avatar } from './avatar.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** Whose eyes one looks through, and the way between the two sides where there is room for one of them only. */
export function TopBar(of: {
  cut: boolean;
  side: 'slack' | 'other';
  onSide: (side: 'slack' | 'other') => void;
}): ReactNode {
  const { slack, seat, takeSeat } = usePage();
  return (
    <header className="top-bar">
      <h1>
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span>DataSync Throttle</span>
      </h1>
      <fieldset className="seats">
        <legend>You are</legend>
        {slack.seats.map(({ id, name, role }, index) => (
          <label key={id} className="seat" title={`${name}, ${role}`}>
            <input type="radio" name="seat" value={id} checked={id === seat} onChange={() => takeSeat(id)} />
            <Avatar hue={index} name={name} />
            <span className="who">
              <b>{name.split(' ')[0]}</b>
              <small>{role}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <ThemeSwitch />
      <nav className="sides" aria-label="Sides">
        {(['slack', 'other'] as const).map((side) => (
          <button key={side} type="button" aria-current={of.side === side} onClick={() => of.onSide(side)}>
            {side === 'slack' ? 'Slack' : 'The other side'}
          </button>
        ))}
      </nav>
      {of.cut ? (
        <p className="cut" role="alert">
          The demo has stopped answering. Start it again, and open the address that it prints.
        </p>
      ) : null}
    </header>
  );
}
