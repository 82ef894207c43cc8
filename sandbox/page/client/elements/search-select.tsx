import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Json } from '../../page-state.ts';
import { usePlace } from '../blocks/place-context.ts';
import { stringIn, wordsIn } from '../json.ts';
import { usePage } from '../page-context.ts';
import { failureWords } from '../text/failure-words.ts';
import { Listbox, optionId } from './listbox.tsx';
import { optionAbout, optionLabel, optionValue } from './options.ts';
import type { ElementParts } from './use-element.ts';

/** Somebody who types is not asked about at each letter. */
const PAUSE_MS = 120;

/** A list that the app is asked for while somebody types: `external_select`. */
export function SearchSelect({ element, used, labelled }: ElementParts): ReactNode {
  const picked = used.value.selected_option;
  const [typed, setTyped] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const found = useFound(stringIn(element, 'action_id'), typed);
  const { options } = found ?? NOTHING;
  const isOpen = typed !== null;
  const listId = `${labelled.id}-list`;

  const pick = (option: Json | null): void => {
    setTyped(null);
    used.change({ type: 'external_select', selected_option: option });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && isOpen) {
      // The list closes, not the modal.
      event.preventDefault();
      event.stopPropagation();
      setTyped(null);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isOpen) setTyped('');
      else
        setActive(
          Math.min(Math.max(active + (event.key === 'ArrowDown' ? 1 : -1), 0), Math.max(options.length - 1, 0)),
        );
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault();
      const option = options[active];
      if (option) pick(option);
    }
  };
  return (
    <div className="search">
      <input
        id={labelled.id}
        className="field"
        role="combobox"
        autoComplete="off"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && options.length > 0 ? optionId(listId, active) : undefined}
        aria-describedby={labelled.describedBy}
        aria-invalid={labelled.invalid}
        aria-busy={used.busy || (isOpen && found === null)}
        placeholder={wordsIn(element, 'placeholder')}
        value={typed ?? optionLabel(picked)}
        onClick={() => setTyped(typed ?? '')}
        onBlur={() => setTyped(null)}
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <Listbox
        id={listId}
        label="Choices"
        className=""
        isOpen={isOpen}
        offers={options.map((option) => ({
          key: optionValue(option),
          label: optionLabel(option),
          about: optionAbout(option),
          option,
        }))}
        active={active}
        onPick={({ option }) => pick(option)}
      >
        {options.length > 0 ? null : <p className="none">{emptyWords(found)}</p>}
      </Listbox>
      {labelled.optional && optionValue(picked) !== '' ? (
        <button type="button" className="icon" aria-label="Clear" onClick={() => pick(null)}>
          ×
        </button>
      ) : null}
    </div>
  );
}

interface Found {
  query: string;
  options: readonly Json[];
  failure: string | null;
}

const NOTHING: Pick<Found, 'options'> = { options: [] };

function emptyWords(found: Found | null): string {
  if (found === null) return 'Searching …';
  return found.failure === null ? 'Nothing found.' : failureWords(found.failure);
}

/** What the app answered to just what is typed; null until then. Null asks nothing. */
function useFound(action: string, typed: string | null): Found | null {
  const { act } = usePage();
  const { place } = usePlace();
  const [found, setFound] = useState<Found | null>(null);
  const ask = useRef({ act, place });
  ask.current = { act, place };
  useEffect(() => {
    if (typed === null) return;
    let isLast = true;
    const timer = setTimeout(
      async () => {
        const answer = await ask.current.act({ do: 'suggest', place: ask.current.place, action, query: typed });
        if (isLast) setFound({ query: typed, options: answer.options ?? [], failure: answer.failure });
      },
      typed === '' ? 0 : PAUSE_MS,
    );
    return () => {
      isLast = false;
      clearTimeout(timer);
      setFound(null);
    };
  }, [action, typed]);
  // What was answered to other words is no choice, not even for the moment until it is forgotten.
  return found?.query === typed ? found : null;
}
