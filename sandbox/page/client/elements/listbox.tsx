import { type ReactNode, useEffect } from 'react';
import type { Offer } from './offer.ts';

/** The list beneath or above a combobox, which keeps the focus and has the keys. `children`: said where it is empty. */
export function Listbox<T extends Offer>(of: {
  id: string;
  label: string;
  className: string;
  isOpen: boolean;
  offers: readonly T[];
  active: number;
  onPick: (offer: T) => void;
  children?: ReactNode;
}): ReactNode {
  const { id, isOpen, active } = of;
  useEffect(() => {
    if (isOpen) document.getElementById(optionId(id, active))?.scrollIntoView({ block: 'nearest' });
  }, [id, isOpen, active]);
  return (
    <div id={id} role="listbox" aria-label={of.label} className={`listbox ${of.className}`} hidden={!isOpen}>
      {of.children}
      {of.offers.map((offer, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the combobox's
        // biome-ignore lint/a11y/useFocusableInteractive: so is the focus, by aria-activedescendant
        <div
          key={offer.key}
          id={optionId(id, index)}
          role="option"
          aria-selected={index === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => of.onPick(offer)}
        >
          <span>{offer.label}</span> <small>{offer.about}</small>
        </div>
      ))}
    </div>
  );
}

/** For the combobox's `aria-activedescendant`. */
export function optionId(list: string, index: number): string {
  return `${list}-${index}`;
}
