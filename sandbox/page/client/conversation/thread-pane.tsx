import { type ReactNode, useEffect, useRef } from 'react';
import { usePage } from '../page-context.ts';
import { Message } from './message.tsx';

/** A message and the replies to it, beside the channel. */
export function ThreadPane({ of, onClose }: { of: { channel: string; ts: string }; onClose: () => void }): ReactNode {
  const { slack } = usePage();
  const pane = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another thread is another pane
  useEffect(() => pane.current?.focus(), [of.ts]);
  const messages = slack.messages.filter(
    (one) => one.channel === of.channel && (one.ts === of.ts || one.threadTs === of.ts),
  );
  return (
    <section
      ref={pane}
      className="pane thread"
      aria-label="Thread"
      tabIndex={-1}
      onKeyDown={(event) => (event.key === 'Escape' ? onClose() : undefined)}
    >
      <header>
        <h2>Thread</h2>
        <button type="button" className="icon" aria-label="Close the thread" onClick={onClose}>
          ×
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="scroll" aria-label="Messages of the thread" tabIndex={0}>
        {messages.map((message) => (
          <Message key={message.ts} message={message} inThread />
        ))}
      </section>
    </section>
  );
}
