import { type ReactNode, useLayoutEffect, useRef } from 'react';
import type { ShownChannel, ShownFailure, ShownMessage } from '../../page-state.ts';
import { usePage } from '../page-context.ts';
import { Failure } from './failure.tsx';
import { Message } from './message.tsx';

type Entry = { at: number; message: ShownMessage } | { at: number; failure: ShownFailure };

/** Pixels: above a message that one is led to, and what still counts as the end. */
const MARGIN = 8;
const NEAR = 40;

/**
 * A channel's messages. Who reads further up is left there. Who is at the end, or where one was led to, is led to each
 * new message, and to its beginning where it is longer than what one sees; an edit leads nobody anywhere else.
 */
export function Conversation({ channel }: { channel: ShownChannel }): ReactNode {
  const { slack } = usePage();
  const list = useRef<HTMLElement>(null);
  const reader = useRef<'at the end' | 'led' | 'elsewhere'>('at the end');
  const led = useRef({ to: 0, top: 0 });
  /** How high all of it was when news came last. */
  const height = useRef(0);
  const entries = entriesOf(channel.id, slack.messages, slack.failures);
  const newest = entries.at(-1)?.at ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever is told anew may be longer than before
  useLayoutEffect(() => {
    const { current } = list;
    const latest = current?.lastElementChild;
    if (!current || !(latest instanceof HTMLElement)) return;
    // Who has just gone there: the news may be here before the browser tells of the scrolling.
    const isThere = isAtEnd(current, height.current);
    height.current = current.scrollHeight;
    if (reader.current === 'elsewhere' && !isThere) return;
    const isNew = newest > led.current.to;
    if (reader.current !== 'led' && !isNew) current.scrollTop = current.scrollHeight;
    // Further than the end is the end.
    else current.scrollTop = latest.offsetTop - MARGIN;
    led.current = { to: newest, top: current.scrollTop };
    reader.current = isAtEnd(current) ? 'at the end' : 'led';
  }, [slack]);

  return (
    <>
      <header className="channel-head">
        <h2>{channel.kind === 'channel' ? `# ${channel.name}` : slack.app.name}</h2>
      </header>
      <section
        ref={list}
        className="messages"
        role="log"
        aria-label="Messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget }) => {
          if (Math.abs(currentTarget.scrollTop - led.current.top) < 2) return;
          reader.current = isAtEnd(currentTarget) ? 'at the end' : 'elsewhere';
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

/** `height`: of all that there is, and was when it was looked at. */
function isAtEnd({ scrollTop, clientHeight, scrollHeight }: Element, height = scrollHeight): boolean {
  return height - scrollTop - clientHeight < NEAR;
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
    ...inChannel.map((message) => ({ at: message.at, message })),
    ...failures.map((failure) => ({ at: failure.at, failure })),
  ].sort((a, b) => a.at - b.at);
}
