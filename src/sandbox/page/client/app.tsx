import { type ReactNode, useEffect, useState } from 'react';
import type { Told } from '../page-state.ts';
import { ChannelList } from './channel-list.tsx';
import { Composer } from './composer.tsx';
import { Conversation } from './conversation.tsx';
import { HomeTab } from './home-tab.tsx';
import { ModalStack } from './modal.tsx';
import { OtherSidePanel } from './other-side/panel.tsx';
import { PageContext, type PageTools } from './page-context.ts';
import { sendAct, sendControl } from './talk.ts';
import { ThreadPane } from './thread-pane.tsx';
import { TopBar } from './top-bar.tsx';
import { type LiveState, useLive } from './use-live.ts';

/** Where one is: a channel's id, or the app's home tab. */
type Where = { channel: string } | 'home';

export function App(): ReactNode {
  const [seat, takeSeat] = useState(() => new URLSearchParams(location.search).get('as') ?? 'U0OPER');
  const live = useLive(seat);
  useEffect(() => history.replaceState(null, '', `?as=${encodeURIComponent(seat)}`), [seat]);
  const { slack, other } = live;
  if (slack === null || other === null) return <p className="waiting">Connecting to the demo …</p>;
  return <Workspace live={{ ...live, slack, other }} seat={seat} takeSeat={takeSeat} />;
}

function Workspace(of: { live: LiveState & Told; seat: string; takeSeat: (id: string) => void }): ReactNode {
  const { live } = of;
  const { slack } = live;
  const [where, go] = useState<Where>({ channel: slack.channels[0]?.id ?? '' });
  const [thread, setThread] = useState<{ channel: string; ts: string } | null>(null);
  const [draft, setDraft] = useState('');
  const [side, setSide] = useState<'slack' | 'other'>('slack');
  const channel =
    where === 'home' ? undefined : (slack.channels.find(({ id }) => id === where.channel) ?? slack.channels[0]);

  const tools: PageTools = {
    slack,
    act: (act) => sendAct(slack.me, act),
    control: sendControl,
    seat: of.seat,
    takeSeat: (id) => {
      setThread(null);
      of.takeSeat(id);
    },
    openThread: (channel, ts) => setThread({ channel, ts }),
    showMessage: (channel, ts) => {
      go({ channel });
      const message = slack.messages.find((one) => one.channel === channel && one.ts === ts);
      if (message?.threadTs != null && !message.broadcast) setThread({ channel, ts: message.threadTs });
      requestAnimationFrame(() => pointAt(ts));
    },
    write: (words) => {
      setSide('slack');
      if (where === 'home') go({ channel: slack.channels[0]?.id ?? '' });
      setDraft(words);
      requestAnimationFrame(() => document.getElementById('composer')?.focus());
    },
  };
  return (
    <PageContext value={tools}>
      <div className={`app side-${side}`}>
        <TopBar cut={live.cut} side={side} onSide={setSide} />
        <ChannelList where={where} go={go} />
        <main data-me={slack.me}>
          {channel === undefined ? (
            <HomeTab />
          ) : (
            <>
              <Conversation key={`${slack.me} ${channel.id}`} channel={channel} />
              <Composer channel={channel} executions={live.other.executions} draft={draft} setDraft={setDraft} />
            </>
          )}
        </main>
        {thread === null ? (
          <OtherSidePanel other={live.other} calls={live.calls} />
        ) : (
          <ThreadPane of={thread} onClose={() => setThread(null)} />
        )}
      </div>
      <ModalStack views={slack.modals} />
    </PageContext>
  );
}

function pointAt(ts: string): void {
  const message = document.getElementById(`message-${ts}`);
  message?.scrollIntoView({ block: 'center' });
  message?.focus();
}
