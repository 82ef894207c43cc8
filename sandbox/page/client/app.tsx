import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Told } from '../page-state.ts';
import { Composer } from './conversation/composer.tsx';
import { Conversation } from './conversation/conversation.tsx';
import { useDrafts } from './conversation/drafts.ts';
import { ThreadPane } from './conversation/thread-pane.tsx';
import { ChannelList } from './frame/channel-list.tsx';
import { useKeptFocus } from './frame/kept-focus.ts';
import { TopBar } from './frame/top-bar.tsx';
import { NextStep } from './other-side/guide.tsx';
import { OtherSidePanel } from './other-side/panel.tsx';
import { PageContext, type PageTools } from './page-context.ts';
import { sendAct, sendControl } from './talk.ts';
import { type LiveState, useLive } from './use-live.ts';
import { HomeTab } from './views/home-tab.tsx';
import { ModalStack } from './views/modal.tsx';

/** Where one is: a channel's id, or the app's home tab. */
type Where = { channel: string } | 'home';

export function App(): ReactNode {
  const [seat, takeSeat] = useState(() => new URLSearchParams(location.search).get('as') ?? '');
  const live = useLive(seat);
  const { slack, other } = live;
  const isKnown = slack === null || slack.seats.some(({ id }) => id === seat);
  // Whom nobody knows the server takes for somebody else, and so does the page.
  useEffect(() => (isKnown ? undefined : takeSeat(slack.me)), [isKnown, slack]);
  useEffect(() => history.replaceState(null, '', `?as=${encodeURIComponent(seat)}`), [seat]);
  if (slack === null || other === null) return <p className="waiting">Connecting to the demo …</p>;
  return <Workspace live={{ ...live, slack, other }} seat={seat} takeSeat={takeSeat} />;
}

function Workspace(of: { live: LiveState & Told; seat: string; takeSeat: (id: string) => void }): ReactNode {
  const { live, seat } = of;
  const { slack, other } = live;
  const first = slack.channels[0]?.id ?? '';
  const [where, go] = useState<Where>({ channel: first });
  const [thread, setThread] = useState<{ channel: string; ts: string } | null>(null);
  const opener = useRef<Element | null>(null);
  const drafts = useDrafts();
  const [side, setSide] = useState<'slack' | 'other'>('slack');
  const channel =
    where === 'home' ? undefined : (slack.channels.find(({ id }) => id === where.channel) ?? slack.channels[0]);
  useKeptFocus();

  const openThread = (channel: string, ts: string): void => {
    opener.current = document.activeElement;
    setThread({ channel, ts });
  };
  const closeThread = (): void => {
    setThread(null);
    const { current } = opener;
    if (current instanceof HTMLElement && current.isConnected) current.focus();
    else document.getElementById('composer')?.focus();
  };
  const takeSeat = (id: string): void => {
    setThread(null);
    of.takeSeat(id);
  };
  const tools: PageTools = {
    slack,
    // As whom one has chosen to be, also while the news for that person is still on its way.
    act: (act) => sendAct(seat, act),
    control: sendControl,
    seat,
    takeSeat,
    openThread,
    openChannel: (id) => go({ channel: id }),
    showMessage: (channel, ts) => {
      go({ channel });
      const message = slack.messages.find((one) => one.channel === channel && one.ts === ts);
      if (message?.threadTs != null && !message.broadcast) openThread(channel, message.threadTs);
      requestAnimationFrame(() => pointAt(ts));
    },
    write: (words, as = seat) => {
      const aim = channel?.kind === 'channel' ? channel.id : first;
      if (as !== seat) takeSeat(as);
      setSide('slack');
      go({ channel: aim });
      drafts.set(as, aim, words);
      requestAnimationFrame(() => document.getElementById('composer')?.focus());
    },
  };
  return (
    <PageContext value={tools}>
      <div className={`app side-${side}`}>
        <TopBar
          cut={live.cut}
          side={side}
          onSide={(chosen) => {
            setThread(null);
            setSide(chosen);
          }}
        />
        <ChannelList where={where} go={go} />
        <main data-me={slack.me}>
          <div className="talk">
            {channel === undefined ? (
              <HomeTab />
            ) : (
              <>
                <Conversation key={`${slack.me} ${channel.id}`} channel={channel} />
                <NextStep steps={other.guide} executions={other.executions} />
                <Composer
                  key={channel.id}
                  channel={channel}
                  executions={other.executions}
                  draft={drafts.of(seat, channel.id)}
                  setDraft={(words) => drafts.set(seat, channel.id, words)}
                />
              </>
            )}
          </div>
          <OtherSidePanel other={other} calls={live.calls} isCovered={thread !== null} />
          {thread === null ? null : <ThreadPane of={thread} onClose={closeThread} />}
        </main>
      </div>
      <ModalStack views={slack.modals} />
    </PageContext>
  );
}

function pointAt(ts: string): void {
  const message = document.getElementById(`message-${ts}`);
  if (message === null) return;
  // By the mouse too one is to see which it is.
  message.dataset.aim = '';
  message.scrollIntoView({ block: 'center' });
  message.focus();
}
