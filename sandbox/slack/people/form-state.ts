import { elementsOf, type PlacedElement } from '../block-walk.ts';
import { isObject, type JsonObject, objects, text } from '../json.ts';

/** What stands in a form: block_id → action_id → value, as `view.state.values` has it. */
export type FormValues = Record<string, Record<string, JsonObject>>;

/** What a person enters: a text, an option's value or its words, several of them, nothing, or a value as Slack sends it. */
export type Entered = string | readonly string[] | null | JsonObject;

type Kind = { readonly field: string; readonly initial: string; readonly many?: boolean; readonly option?: boolean };

const kinds: Record<string, Kind> = {
  plain_text_input: { field: 'value', initial: 'initial_value' },
  number_input: { field: 'value', initial: 'initial_value' },
  email_text_input: { field: 'value', initial: 'initial_value' },
  url_text_input: { field: 'value', initial: 'initial_value' },
  rich_text_input: { field: 'rich_text_value', initial: 'initial_value' },
  static_select: { field: 'selected_option', initial: 'initial_option', option: true },
  external_select: { field: 'selected_option', initial: 'initial_option', option: true },
  radio_buttons: { field: 'selected_option', initial: 'initial_option', option: true },
  overflow: { field: 'selected_option', initial: '', option: true },
  checkboxes: { field: 'selected_options', initial: 'initial_options', many: true, option: true },
  multi_static_select: { field: 'selected_options', initial: 'initial_options', many: true, option: true },
  multi_external_select: { field: 'selected_options', initial: 'initial_options', many: true, option: true },
  users_select: { field: 'selected_user', initial: 'initial_user' },
  conversations_select: { field: 'selected_conversation', initial: 'initial_conversation' },
  channels_select: { field: 'selected_channel', initial: 'initial_channel' },
  multi_users_select: { field: 'selected_users', initial: 'initial_users', many: true },
  datepicker: { field: 'selected_date', initial: 'initial_date' },
  timepicker: { field: 'selected_time', initial: 'initial_time' },
  datetimepicker: { field: 'selected_date_time', initial: 'initial_date_time' },
};

/** The options that an element offers by itself, those of its groups included. */
export function optionsOf(element: JsonObject): JsonObject[] {
  return [...objects(element.options), ...objects(element.option_groups).flatMap((group) => objects(group.options))];
}

/**
 * What an element's value becomes when a person enters something.
 * @param offered options beyond the element's own: what a search answered
 * @throws Error for an option that isn't offered: nobody could have picked it
 */
export function entered(element: JsonObject, given: Entered, offered: readonly JsonObject[] = []): JsonObject {
  const type = text(element.type);
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`a ${type} takes no value`);
  if (isObject(given) && given.type === type) return given;
  const all = [...optionsOf(element), ...offered];
  const pick = (one: unknown): unknown => {
    if (kind.option !== true) return one;
    if (isObject(one)) return one;
    const found = all.find((option) => option.value === one || (isObject(option.text) && option.text.text === one));
    if (found !== undefined) return found;
    const names = all.map((option) => text(option.value)).join(', ');
    throw new Error(`${text(element.action_id)} offers no option "${String(one)}", only: ${names || 'nothing yet'}`);
  };
  if (kind.many === true) {
    const several = given === null ? [] : Array.isArray(given) ? given : [given];
    return { type, [kind.field]: several.map(pick) };
  }
  return { type, [kind.field]: given === null || given === '' ? null : pick(given) };
}

function initial(element: JsonObject): JsonObject | undefined {
  const kind = kinds[text(element.type)];
  if (kind === undefined || kind.initial === '') return undefined;
  return { type: element.type, [kind.field]: element[kind.initial] ?? (kind.many === true ? [] : null) };
}

/** The state of a form: what was entered where the same field is still there, else what the field begins with. */
export function formValues(blocks: readonly JsonObject[], typed: FormValues): FormValues {
  const values: FormValues = {};
  for (const { blockId, actionId, element } of elementsOf(blocks)) {
    const kept = typed[blockId]?.[actionId];
    const value = kept !== undefined && kept.type === element.type ? kept : initial(element);
    if (value !== undefined) values[blockId] = { ...values[blockId], [actionId]: value };
  }
  return values;
}

/** What Slack's own form says before it submits anything: block_id → fault, for required and too long fields. */
export function formFaults(blocks: readonly JsonObject[], values: FormValues): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const { blockId, actionId, element, block } of elementsOf(blocks)) {
    const kind = kinds[text(element.type)];
    if (block.type !== 'input' || kind === undefined) continue;
    const value = values[blockId]?.[actionId]?.[kind.field];
    const empty = value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    if (empty && block.optional !== true) faults[blockId] = 'Please complete this required field.';
    if (typeof value !== 'string') continue;
    const { max_length: most, min_length: least } = element;
    if (value.length > (typeof most === 'number' ? most : 3000)) faults[blockId] = 'This entry is too long.';
    if (typeof least === 'number' && value.length < least) faults[blockId] = 'This entry is too short.';
  }
  return faults;
}

/** An element's action_id or block_id, or what it looks like. */
export type Which = string | ((element: JsonObject) => boolean);

/** The element of the given id, whether it is named by its action or by its block, or the first that fits. */
export function fieldNamed(blocks: readonly JsonObject[], which: Which): PlacedElement {
  const all = elementsOf(blocks);
  const found =
    typeof which === 'string'
      ? (all.find((one) => one.actionId === which) ?? all.find((one) => one.blockId === which))
      : all.find((one) => which(one.element));
  if (found !== undefined) return found;
  const name = typeof which === 'string' ? `"${which}"` : 'such element';
  throw new Error(`there is no ${name}, only: ${all.map((one) => `${one.blockId}/${one.actionId}`).join(', ')}`);
}

/** The entry in `actions` for an element that was used; for a button `value` is a forged one. */
export function usedElement(
  { element, actionId, blockId }: PlacedElement,
  value: Entered | undefined,
  offered: readonly JsonObject[],
): JsonObject {
  const ids = { action_id: actionId, block_id: blockId };
  if (element.type !== 'button') return { ...ids, ...entered(element, value ?? null, offered) };
  const carried = value ?? element.value;
  return {
    ...ids,
    type: 'button',
    text: element.text,
    ...(carried === undefined ? {} : { value: carried }),
    ...(element.style === undefined ? {} : { style: element.style }),
  };
}

/** The values of a form that is open no more, with others entered. */
export function withEntered(
  form: { readonly blocks: readonly JsonObject[]; readonly state: { readonly values: FormValues } },
  given: Readonly<Record<string, Entered>>,
): FormValues {
  let { values } = form.state;
  for (const [name, one] of Object.entries(given)) {
    const { element, blockId, actionId } = fieldNamed(form.blocks, name);
    values = { ...values, [blockId]: { ...values[blockId], [actionId]: entered(element, one) } };
  }
  return values;
}
