import { useEffect, useState } from 'react';
import type { CallLog, OtherSide, SlackState, Told } from '../page-state.ts';

/** What the server last told. `cut`: it is away. */
export interface LiveState {
  slack: SlackState | null;
  other: OtherSide | null;
  calls: CallLog;
  cut: boolean;
}

const NOTHING: LiveState = { slack: null, other: null, calls: { aws: [], slack: [] }, cut: false };

/** The world through one person's eyes, kept up to date; the browser reconnects by itself. */
export function useLive(seat: string): LiveState {
  const [state, setState] = useState(NOTHING);
  useEffect(() => {
    const source = new EventSource(`/events?as=${encodeURIComponent(seat)}`);
    const hear = (name: keyof Told) =>
      source.addEventListener(name, (event) => {
        setState((before) => ({ ...before, cut: false, [name]: JSON.parse(event.data) }));
      });
    hear('slack');
    hear('other');
    hear('calls');
    source.addEventListener('error', () => setState((before) => ({ ...before, cut: true })));
    return () => source.close();
  }, [seat]);
  return state;
}
