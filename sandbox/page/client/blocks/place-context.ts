import { createContext, useContext } from 'react';
import type { Json, Place, ShownView } from '../../page-state.ts';

/** What stands in the fields of an open view, typed and not yet sent. */
export interface ViewForm {
  values: ShownView['values'];
  /** block_id → what is wrong with it. */
  errors: Readonly<Record<string, string>>;
  enter(block: string, action: string, value: Json): void;
}

/** Where blocks stand: a message has no form. */
export interface BlockPlace {
  place: Place;
  form: ViewForm | null;
}

export const PlaceContext = createContext<BlockPlace | null>(null);

export function usePlace(): BlockPlace {
  const place = useContext(PlaceContext);
  if (place === null) throw new Error('blocks stand in a message or a view');
  return place;
}
