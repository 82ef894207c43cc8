import { type ReactNode, useLayoutEffect, useRef } from 'react';
import type { ShownChannel, ShownFailure, ShownMessage } from '../page-state.ts';
import { Failure } from './failure.tsx';
import { Message } from './message.tsx';
import { usePage } from './page-context.ts';

type Entry = { at: number; message: ShownMessage } | { at: number; failure: ShownFailure };

/** Pixels: above a message that one is led to, and what still counts as the end. */
const MARGIN = 8;
const NEAR = 40;

/**
 * A channel's messages. Who reads further up is left there; who is at the end is led to the latest message, and to its
 * beginning where it is longer than what one sees.
 */
export function Conversation({ channel }: { channel: ShownChannel }): ReactNode {
  const { slack } = usePage();
  const list = useRef<HTMLElement>(null);
  const follows = useRef(true);
  const led = useRef(0);
  const entries = entriesOf(channel.id, slack.messages, slack.failures);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever is told anew may be longer than before
  useLayoutEffect(() => {
    const { current } = list;
    const latest = current?.lastElementChild;
    if (!follows.current || !current || !(latest instanceof HTMLElement)) return;
    // Further than the end is the end.
    current.scrollTop = latest.offsetTop - MARGIN;
    led.current = current.scrollTop;
  }, [slack]);

  return (
    <>
      <header className="channel-head">
        <h2>{channel.kind === 'channel' ? `# ${channel.name}` : slack.app.name}</h2>
        {channel.archived ? <p>archived</p> : null}
      </header>
      <section
        ref={list}
        className="messages"
        role="log"
        aria-label="Messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          if (Math.abs(scrollTop - led.current) < 2) return;
          follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
        }}
      >
        {entries.length === 0 ? <Empty /> : null}
        {entries.map((entry) =>
          'message' in entry ? (
            <Message key={entry.message.ts} message={entry.message} />
          ) : (
            <Failure key={entry.at} failure={entry.failure} />
          ),
        )}
      </section>
    </>
  );
}

function Empty(): ReactNode {
  const { slack } = usePage();
  return (
    <p className="empty">
      Nothing here yet. Type <code>{slack.app.command}</code> below, and see what happens.
    </p>
  );
}

function entriesOf(channel: string, messages: readonly ShownMessage[], failures: readonly ShownFailure[]): Entry[] {
  const inChannel = messages.filter((one) => one.channel === channel && (one.threadTs === null || one.broadcast));
  return [
    ...inChannel.map((message) => ({ at: Number(message.ts) * 1000, message })),
    ...failures.map((failure) => ({ at: failure.at, failure })),
  ].sort((a, b) => a.at - b.at);
}
