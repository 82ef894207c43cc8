import { createContext, useContext } from 'react';
import type { Act, ActAnswer, Control, SlackState } from '../page-state.ts';

/** What every part of the page may read and do. */
export interface PageTools {
  slack: SlackState;
  act(act: Act): Promise<ActAnswer>;
  /** What the demo says against it, or null. */
  control(control: Control): Promise<string | null>;
  /** Goes to a message, in its thread where it stands there alone. */
  showMessage(channel: string, ts: string): void;
  openThread(channel: string, ts: string): void;
  openChannel(id: string): void;
  /** Who one is to be; `slack.me` follows in a moment. */
  seat: string;
  takeSeat(id: string): void;
  /** Puts words into the composer, for the person (`as`: takes that seat first) to look at and send. */
  write(words: string, as?: string): void;
}

export const PageContext = createContext<PageTools | null>(null);

export function usePage(): PageTools {
  const tools = useContext(PageContext);
  if (tools === null) throw new Error('this part stands outside of the page');
  return tools;
}
