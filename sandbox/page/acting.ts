import { elementsOf } from '../slack/block-walk.ts';
import { isObject, type JsonObject } from '../slack/json.ts';
import type { LocalSlack } from '../slack/local-slack.ts';
import { withEntered } from '../slack/people/form-state.ts';
import type { Target } from '../slack/people/interaction-payloads.ts';
import type { Person } from '../slack/people/person.ts';
import type { SlackView } from '../slack/views.ts';
import type { Act, ActAnswer, Place, ShownView } from './page-state.ts';

/** Does what somebody did on the page, as that person, through the local Slack. */
export async function act(slack: LocalSlack, who: string, what: Act): Promise<ActAnswer> {
  const person = slack.as(who);
  switch (what.do) {
    case 'command': {
      const [, command = '', typed = ''] = /^\s*(\S*)\s*(.*)$/s.exec(what.typed) ?? [];
      return answered(await person.command(what.channel, command, typed.trim()));
    }
    case 'click':
      return click(slack, person, what);
    case 'suggest': {
      const target = targetOf(slack, person, what.place);
      if (!target) return GONE;
      const failed = person.failures().length;
      const options = await person.suggest(target, what.action, what.query);
      return { failure: person.failures()[failed]?.error ?? null, errors: null, options };
    }
    case 'submit': {
      const view = viewOf(slack, person, what.view);
      return view ? answered(await person.submit(view, byAction(what.form))) : GONE;
    }
    case 'close': {
      const view = viewOf(slack, person, what.view);
      return view ? answered((await person.close(view)) ?? {}) : GONE;
    }
    case 'open-home':
      return answered(await person.openHome());
  }
}

/** Closed, deleted or somebody else's by now: two tabs, or a click that was quicker than the news. An edit takes nothing away. */
const GONE: ActAnswer = { failure: 'gone', errors: null, options: null };

function answered({ failure, errors }: { failure?: string; errors?: ActAnswer['errors'] }): ActAnswer {
  return { failure: failure ?? null, errors: errors ?? null, options: null };
}

async function click(slack: LocalSlack, person: Person, what: Extract<Act, { do: 'click' }>): Promise<ActAnswer> {
  const target = targetOf(slack, person, what.place);
  const there = elementsOf(target?.blocks ?? []).find(
    ({ blockId, actionId }) => blockId === what.block && actionId === what.action,
  );
  const seen = there ?? slack.elementShown(what.block, what.action);
  if (!target || !seen) return GONE;
  const sent = await person.click(target, seen, {
    ...(what.value === undefined ? {} : { value: what.value }),
    forge: (payload) => withForm(payload, what.form),
  });
  return answered(sent);
}

/** Slack sends with every click in a view what stands in its fields; the page keeps that until then. */
function withForm(payload: JsonObject, form: ShownView['values']): JsonObject {
  const { view } = payload;
  if (!isObject(view)) return payload;
  // Of the local Slack's own making: it was a SlackView before it became a payload.
  return {
    ...payload,
    view: { ...view, state: { values: withEntered(view as unknown as SlackView, byAction(form)) } },
  };
}

function byAction(form: ShownView['values']): Record<string, JsonObject> {
  return Object.fromEntries(Object.values(form).flatMap((fields) => Object.entries(fields)));
}

function targetOf(slack: LocalSlack, person: Person, place: Place): Target | undefined {
  if ('view' in place) return viewOf(slack, person, place.view);
  return (
    slack.message(place.channel, place.ts) ??
    person.ephemerals().find(({ channel, ts }) => channel === place.channel && ts === place.ts)
  );
}

function viewOf(slack: LocalSlack, person: Person, id: string): SlackView | undefined {
  const isOwn = person.home()?.id === id || person.views().some((view) => view.id === id);
  return isOwn ? slack.view(id) : undefined;
}
