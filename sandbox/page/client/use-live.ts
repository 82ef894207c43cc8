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
const AGAIN_MS = 1000;

/** The world through one person's eyes, kept up to date; a connection that broke is made anew. */
export function useLive(seat: string): LiveState {
  const [state, setState] = useState(NOTHING);
  useEffect(() => {
    let socket: WebSocket;
    let again: ReturnType<typeof setTimeout> | undefined;
    const connect = (): void => {
      socket = new WebSocket(`ws://${location.host}/live?as=${encodeURIComponent(seat)}`);
      socket.onmessage = ({ data }) => {
        const news: Partial<Told> = JSON.parse(data);
        setState((before) => ({ ...before, ...news, cut: false }));
      };
      socket.onclose = () => {
        setState((before) => ({ ...before, cut: true }));
        again = setTimeout(connect, AGAIN_MS);
      };
    };
    connect();
    return () => {
      clearTimeout(again);
      socket.onclose = null;
      // What is still on its way is for somebody else's eyes.
      socket.onmessage = null;
      socket.close();
    };
  }, [seat]);
  return state;
}
