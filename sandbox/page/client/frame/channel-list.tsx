import { type ReactNode, useRef } from 'react';
import type { SlackState } from '../../page-state.ts';
import { usePage } from '../page-context.ts';

type Where = { channel: string } | 'home';

/** The channels that the person is in, the app's home and its direct message. */
export function ChannelList({ where, go }: { where: Where; go: (where: Where) => void }): ReactNode {
  const { slack, act } = usePage();
  const open =
    where === 'home'
      ? null
      : ((slack.channels.find(({ id }) => id === where.channel) ?? slack.channels[0])?.id ?? null);
  const news = useNews(slack, open);
  const entry = (id: string, label: string, sign: string) => (
    <li key={id}>
      <button
        type="button"
        className={news.has(id) ? 'news' : ''}
        aria-current={id === open ? 'page' : undefined}
        onClick={() => go({ channel: id })}
      >
        <span aria-hidden="true">{sign}</span> {label}
        {news.has(id) ? <span className="hidden">, new</span> : null}
      </button>
    </li>
  );
  const openHome = (): void => {
    // Its tab opens the home when it comes.
    if (where === 'home') void act({ do: 'open-home' });
    go('home');
  };
  return (
    <nav className="channels" aria-label="Channels">
      <p className="team">{slack.team.name}</p>
      <h2>Channels</h2>
      <ul>{slack.channels.filter(({ kind }) => kind === 'channel').map(({ id, name }) => entry(id, name, '#'))}</ul>
      <h2>App</h2>
      <ul>
        <li>
          <button type="button" aria-current={where === 'home' ? 'page' : undefined} onClick={openHome}>
            <span aria-hidden="true">⌂</span> Home
          </button>
        </li>
        {slack.channels.filter(({ kind }) => kind === 'direct').map(({ id }) => entry(id, 'Messages', '✉'))}
      </ul>
    </nav>
  );
}

/** Which channels have something that this person has not had before them. */
function useNews({ me, channels, messages }: SlackState, open: string | null): ReadonlySet<string> {
  const read = useRef(new Map<string, string>());
  const latest = (id: string): string => messages.findLast(({ channel }) => channel === id)?.ts ?? '';
  const news = new Set<string>();
  for (const { id } of channels) {
    const key = `${me} ${id}`;
    if (id === open || !read.current.has(key)) read.current.set(key, latest(id));
    else if (read.current.get(key) !== latest(id)) news.add(id);
  }
  return news;
}
