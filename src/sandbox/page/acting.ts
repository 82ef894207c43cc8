import { elementsOf } from '../slack/block-walk.ts';
import { withEntered } from '../slack/form-state.ts';
import { isObject, type JsonObject } from '../slack/json.ts';
import type { LocalSlack } from '../slack/local-slack.ts';
import type { Person, Target } from '../slack/person.ts';
import type { Act, ActAnswer, Place, ShownView } from './page-state.ts';

const NOTHING: ActAnswer = { failure: null, errors: null, options: null };

/** What is acted on is not there any more: closed, deleted, or another person's. */
export class Gone extends Error {}

/** Does what somebody did on the page, as that person, through the local Slack. @throws Gone */
export async function act(slack: LocalSlack, who: string, what: Act): Promise<ActAnswer> {
  const person = slack.as(who);
  switch (what.do) {
    case 'command': {
      const [command = '', ...rest] = what.typed.trim().split(/\s+(.*)/s);
      const { failure } = await person.command(what.channel, command, rest.join('').trim());
      return { ...NOTHING, failure: failure ?? null };
    }
    case 'click':
      return click(slack, person, what);
    case 'suggest': {
      const failed = person.failures().length;
      const options = await person.suggest(targetOf(slack, person, what.place), what.action, what.query);
      return { ...NOTHING, options, failure: person.failures()[failed]?.error ?? null };
    }
    case 'submit': {
      const { failure, errors } = await person.submit(viewOf(slack, person, what.view), byAction(what.form));
      return { ...NOTHING, failure: failure ?? null, errors: errors ?? null };
    }
    case 'close': {
      const closed = await person.close(viewOf(slack, person, what.view));
      return { ...NOTHING, failure: closed?.failure ?? null };
    }
    case 'open-home': {
      const { failure } = await person.openHome();
      return { ...NOTHING, failure: failure ?? null };
    }
  }
}

async function click(slack: LocalSlack, person: Person, what: Extract<Act, { do: 'click' }>): Promise<ActAnswer> {
  const target = targetOf(slack, person, what.place);
  const placed = elementsOf(target.blocks ?? []).find(
    ({ blockId, actionId }) => blockId === what.block && actionId === what.action,
  );
  if (!placed) throw new Gone(`There is no ${what.action} any more`);
  const { failure } = await person.click(target, (element) => element === placed.element, {
    ...(what.value === undefined ? {} : { value: what.value }),
    forge: (payload) => withForm(payload, what.form ?? {}),
  });
  return { ...NOTHING, failure: failure ?? null };
}

/** Slack sends with every click in a view what stands in its fields; the page keeps that until then. */
function withForm(payload: JsonObject, form: ShownView['values']): JsonObject {
  const { view } = payload;
  if (!isObject(view) || !Array.isArray(view.blocks) || !isObject(view.state)) return payload;
  const open = { blocks: view.blocks, state: view.state as { values: Record<string, Record<string, JsonObject>> } };
  return { ...payload, view: { ...view, state: { values: withEntered(open, byAction(form)) } } };
}

function byAction(form: ShownView['values']): Record<string, JsonObject> {
  return Object.fromEntries(Object.values(form).flatMap((fields) => Object.entries(fields)));
}

function targetOf(slack: LocalSlack, person: Person, place: Place): Target {
  if ('view' in place) return viewOf(slack, person, place.view);
  const found =
    slack.message(place.channel, place.ts) ??
    person.ephemerals().find(({ channel, ts }) => channel === place.channel && ts === place.ts);
  if (!found) throw new Gone('This message is gone');
  return found;
}

function viewOf(slack: LocalSlack, person: Person, id: string) {
  const home = person.home();
  const view = slack.view(id);
  if (!view || (view.id !== home?.id && !person.views().some((one) => one.id === id)))
    throw new Gone('This view is closed');
  return view;
}
