import { useState } from 'react';
import type { Json } from '../../page-state.ts';
import { usePlace } from '../blocks/place-context.ts';
import { asJson, stringIn } from '../json.ts';
import { usePage } from '../page-context.ts';

/** Long enough to be seen, whatever the bot's speed. */
const SEEN_MS = 250;

/** An element that can be used: what it holds, and how to use it. */
export interface Used {
  /** As `view.state` has it; empty in a message. */
  value: Json;
  /** Pressed, and the bot has not answered yet. */
  busy: boolean;
  /** Slack's name for what went wrong the last time. */
  failure: string | null;
  /** Enters a value, and tells the bot where the element is one that tells. */
  change(value: Json): void;
  press(): void;
}

/** What labels and describes an element: ids of an input block's own parts. */
export interface Labelled {
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
  /** May be emptied again. */
  optional: boolean;
}

export interface ElementParts {
  element: Json;
  used: Used;
  labelled: Labelled;
}

/** @param tells whether the bot hears of a change at once, not only at the submit */
export function useElement(element: Json, block: string, tells: boolean): Used {
  const { act } = usePage();
  const { place, form } = usePlace();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const action = stringIn(element, 'action_id');

  const click = async (value?: Json): Promise<void> => {
    setBusy(true);
    setFailure(null);
    const values = form?.values ?? {};
    const [answer] = await Promise.all([
      act({
        do: 'click',
        ...{ place, block, action },
        ...(value === undefined ? {} : { value }),
        form: value === undefined ? values : { ...values, [block]: { ...values[block], [action]: value } },
      }),
      new Promise((resolve) => setTimeout(resolve, SEEN_MS)),
    ]);
    setBusy(false);
    setFailure(answer.failure);
  };

  return {
    value: asJson(form?.values[block]?.[action]),
    busy,
    failure,
    change: (value) => {
      form?.enter(block, action, value);
      if (tells) void click(value);
    },
    press: () => void click(),
  };
}
