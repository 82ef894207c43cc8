import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { ShownChannel, ShownExecution } from '../../page-state.ts';
import { Listbox, optionId } from '../elements/listbox.tsx';
import { usePage } from '../page-context.ts';
import { failureWords } from '../text/failure-words.ts';
import { completions } from './completions.ts';

const LIST = 'composer-offers';

/** Where one types. Enter sends, or takes what is offered; Esc closes what is offered. */
export function Composer(of: {
  channel: ShownChannel;
  executions: readonly ShownExecution[];
  draft: string;
  setDraft: (draft: string) => void;
}): ReactNode {
  const { slack, act } = usePage();
  const { draft, setDraft } = of;
  const [active, setActive] = useState(-1);
  const [isQuiet, setQuiet] = useState(true);
  const [note, setNote] = useState<string | null>(null);
  const offers = isQuiet ? [] : completions(draft, slack.app, of.executions);
  // What is half typed is meant to go on; after a space nothing is meant yet.
  const chosen = active >= 0 ? active : draft.endsWith(' ') ? -1 : 0;

  const type = (text: string): void => {
    setDraft(text);
    setActive(-1);
    setQuiet(false);
    setNote(null);
  };
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    // At the start, and for whoever has just chosen the channel; not on a phone, where a keyboard would come up.
    const { activeElement } = document;
    const isFree = activeElement === document.body || activeElement?.closest('.channels, .mention') != null;
    if (isFree && matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, []);
  const send = async (): Promise<void> => {
    const typed = draft.trim();
    if (typed === '') return;
    if (typed !== slack.app.command && !typed.startsWith(`${slack.app.command} `)) {
      setNote(`Nobody would answer: in this demo the app alone listens. Begin with ${slack.app.command}.`);
      return;
    }
    setDraft('');
    setQuiet(true);
    const { failure } = await act({ do: 'command', channel: of.channel.id, typed });
    // Of any other failure Slack tells in the channel.
    if (failure !== 'page_unreachable') return;
    setDraft(typed);
    setNote(`Not sent: ${failureWords(failure)}`);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const offer = offers[chosen];
    if (event.key === 'Escape') setQuiet(true);
    else if (offers.length > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((chosen + step + offers.length) % offers.length);
    } else if (offer && (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey))) {
      event.preventDefault();
      type(offer.key);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send();
    }
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Listbox
        id={LIST}
        label="What can be typed"
        className="offers"
        isOpen={offers.length > 0}
        offers={offers}
        active={chosen}
        onPick={(offer) => type(offer.key)}
      />
      {note === null ? null : (
        <p className="note" role="status">
          {note}
        </p>
      )}
      <div className="box">
        <textarea
          ref={field}
          id="composer"
          rows={1}
          aria-label={`Message ${of.channel.kind === 'channel' ? `#${of.channel.name}` : slack.app.name}`}
          aria-haspopup="listbox"
          aria-controls={LIST}
          aria-autocomplete="list"
          aria-activedescendant={offers.length > 0 && chosen >= 0 ? optionId(LIST, chosen) : undefined}
          placeholder={`Type / for ${slack.app.command}`}
          value={draft}
          spellCheck={false}
          onChange={(event) => type(event.target.value.replaceAll('\n', ' '))}
          onKeyDown={onKeyDown}
          onBlur={() => setQuiet(true)}
        />
        <button type="submit" className="button primary" aria-label="Send" disabled={draft.trim() === ''}>
          <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
            <path d="M2 3l16 7-16 7 3-7z" fill="currentColor" />
          </svg>
        </button>
      </div>
    </form>
  );
}
