import type { Json } from '../../page-state.ts';
import { asJson, jsonList, stringIn, wordsIn } from '../json.ts';

/** The options of an element, its groups laid flat. */
export function optionsOf(element: Json): Json[] {
  return [...jsonList(element.options), ...jsonList(element.option_groups).flatMap((group) => jsonList(group.options))];
}

export function optionValue(option: unknown): string {
  return stringIn(asJson(option), 'value');
}

export function optionLabel(option: unknown): string {
  return wordsIn(asJson(option), 'text');
}

export function optionAbout(option: unknown): string {
  return wordsIn(asJson(option), 'description');
}
