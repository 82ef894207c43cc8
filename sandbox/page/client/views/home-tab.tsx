import { type ReactNode, useEffect, useState } from 'react';
import type { ShownView } from '../../page-state.ts';
import { Blocks } from '../blocks/blocks.tsx';
import { PlaceContext } from '../blocks/place-context.ts';
import { usePage } from '../page-context.ts';
import { useForm } from './use-form.ts';

/** Slack's own patience with an app. */
const LATE_MS = 3000;

/** The app's home tab, as the app published it for this person. */
export function HomeTab(): ReactNode {
  const { slack, act } = usePage();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each person
  useEffect(() => void act({ do: 'open-home' }), [slack.me]);
  return (
    <>
      <header className="channel-head">
        <h2>{slack.app.name}: home</h2>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="home scroll" aria-label="Home" tabIndex={0}>
        {slack.home === null ? <Opening key={slack.me} /> : <Home key={slack.home.id} view={slack.home} />}
      </section>
    </>
  );
}

function Opening(): ReactNode {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p className="empty" role="status">
      {isLate ? 'The app has not answered yet.' : 'Opening …'}
    </p>
  );
}

function Home({ view }: { view: ShownView }): ReactNode {
  const form = useForm(view);
  return (
    <PlaceContext value={{ place: { view: view.id }, form }}>
      <Blocks of={view.blocks} />
    </PlaceContext>
  );
}
