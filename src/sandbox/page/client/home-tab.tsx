import type { ReactNode } from 'react';
import type { ShownView } from '../page-state.ts';
import { Blocks } from './blocks/blocks.tsx';
import { PlaceContext } from './blocks/place-context.ts';
import { usePage } from './page-context.ts';
import { useForm } from './use-form.ts';

/** The app's home tab, as the app published it for this person. */
export function HomeTab(): ReactNode {
  const { slack } = usePage();
  return (
    <>
      <header className="channel-head">
        <h2>{slack.app.name}: home</h2>
      </header>
      <div className="home scroll">
        {slack.home === null ? (
          <p className="empty">The app shows nothing here: it lives in its channel, and in direct messages.</p>
        ) : (
          <Home key={slack.home.id} view={slack.home} />
        )}
      </div>
    </>
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
