import { isObject, type JsonObject, objects, parsed, text } from './json.ts';
import { checkView } from './limits/block-limits.ts';
import { type Answer, badArguments, no, yes } from './methods/answer.ts';
import { type FormValues, formValues } from './people/form-state.ts';
import type { Workspace } from './workspace.ts';

/** A modal or home view as Slack shows it and sends it back. Never changed in place. */
export interface SlackView {
  readonly id: string;
  readonly team_id: string;
  readonly type: 'modal' | 'home';
  readonly blocks: readonly JsonObject[];
  readonly private_metadata: string;
  readonly callback_id: string;
  readonly external_id: string;
  readonly state: { readonly values: FormValues };
  readonly hash: string;
  readonly title: JsonObject | null;
  readonly submit: JsonObject | null;
  readonly close: JsonObject | null;
  readonly clear_on_close: boolean;
  readonly notify_on_close: boolean;
  readonly previous_view_id: string | null;
  readonly root_view_id: string;
  readonly app_id: string;
  readonly app_installed_team_id: string;
  readonly bot_id: string;
}

interface OpenView {
  readonly user: string;
  readonly view: SlackView;
  readonly typed: FormValues;
}

interface Trigger {
  readonly user: string;
  readonly viewId: string | undefined;
  readonly until: number;
  used: boolean;
}

/** A trigger_id is good for 3 seconds (docs.slack.dev/interactivity/handling-user-interaction). */
const triggerMs = 3000;
const deepest = 3;

/**
 * The modals that people have open, their home tabs, and the triggers that open them. Our own and not emulate's: there
 * triggers are made by a method of its own and live longer, views never close, and nothing can be entered in them.
 */
export class Views {
  readonly #workspace: Workspace;
  /** In the order opened: the last one of a person is on top. */
  readonly #open: OpenView[] = [];
  readonly #triggers = new Map<string, Trigger>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  trigger(user: string, viewId?: string): string {
    const now = this.#workspace.now();
    const id = `${Math.floor(now / 1000)}.${this.#triggers.size + 1}.${this.#workspace.id('').toLowerCase()}`;
    this.#triggers.set(id, { user, viewId, until: now + triggerMs, used: false });
    return id;
  }

  /** The open modals of a person, top last. */
  modals(user: string): SlackView[] {
    return this.#open.filter((one) => one.user === user && one.view.type === 'modal').map((one) => one.view);
  }

  home(user: string): SlackView | undefined {
    return this.#open.find((one) => one.user === user && one.view.type === 'home')?.view;
  }

  find(viewId: string): SlackView | undefined {
    return this.#open.find((one) => one.view.id === viewId)?.view;
  }

  owner(viewId: string): string | undefined {
    return this.#open.find((one) => one.view.id === viewId)?.user;
  }

  /** Enters something into an open view; its hash stays, for the app didn't change it. */
  enter(viewId: string, blockId: string, actionId: string, value: JsonObject): void {
    this.#replace(viewId, (one) => {
      const typed = { ...one.typed, [blockId]: { ...one.typed[blockId], [actionId]: value } };
      return { ...one, typed, view: { ...one.view, state: { values: formValues(one.view.blocks, typed) } } };
    });
  }

  /** views.open, and views.push where `onto` says so. */
  open(args: JsonObject, onto: 'open' | 'push'): Answer {
    const method = `views.${onto}`;
    const checked = this.#checked(method, args.view, 'modal');
    if ('refusal' in checked) return checked.refusal;
    const wanted = checked.view;
    const id = text(args.trigger_id) || text(args.interactivity_pointer);
    const trigger = this.#triggers.get(id);
    if (trigger === undefined) return no('invalid_trigger_id');
    if (trigger.used) return no('exchanged_trigger_id');
    if (trigger.until < this.#workspace.now()) return no('expired_trigger_id');
    if (this.#taken(wanted.external_id)) return no('duplicate_external_id');
    const below = trigger.viewId === undefined ? undefined : this.find(trigger.viewId);
    const stacked = below !== undefined && below.type === 'modal';
    if (onto === 'push' && !stacked) return no('not_found');
    if (stacked && this.#depth(below) >= deepest) return no('push_limit_reached');
    trigger.used = true;
    return yes({ view: this.#add(trigger.user, wanted, stacked ? below : undefined) });
  }

  update(args: JsonObject): Answer {
    const found = this.#open.find(
      ({ view }) =>
        view.id === args.view_id || (text(args.external_id) !== '' && view.external_id === args.external_id),
    );
    if (text(args.view_id) === '' && text(args.external_id) === '') {
      return badArguments('invalid_arguments', [{ at: '/view_id', message: 'missing required field: view_id' }]);
    }
    const checked = this.#checked('views.update', args.view, found?.view.type ?? 'modal');
    if ('refusal' in checked) return checked.refusal;
    const wanted = checked.view;
    if (found === undefined) return no('not_found');
    if (text(args.hash) !== '' && args.hash !== found.view.hash) return no('hash_conflict');
    if (this.#taken(wanted.external_id, found.view.id)) return no('duplicate_external_id');
    return yes({ view: this.change(found.view.id, wanted) });
  }

  publish(args: JsonObject): Answer {
    const checked = this.#checked('views.publish', args.view, 'home');
    if ('refusal' in checked) return checked.refusal;
    const wanted = checked.view;
    const user = text(args.user_id);
    if (!this.#workspace.users.has(user)) return no('user_not_found');
    const before = this.home(user);
    if (before === undefined) return yes({ view: this.#add(user, wanted, undefined) });
    if (text(args.hash) !== '' && args.hash !== before.hash) return no('hash_conflict');
    return yes({ view: this.change(before.id, wanted) });
  }

  /** Closes a view, or with `all` the whole stack that it lies in. */
  close(viewId: string, all = false): void {
    const view = this.find(viewId);
    if (view === undefined) return;
    const user = this.owner(viewId) ?? '';
    for (let index = this.#open.length - 1; index >= 0; index -= 1) {
      const one = this.#open[index]?.view;
      if (one?.id === viewId || (all && one?.root_view_id === view.root_view_id)) this.#open.splice(index, 1);
    }
    this.#workspace.changed('view', user);
  }

  /** Shows another content in an open view: new hash, and what was entered stays where the field stayed. */
  change(viewId: string, wanted: JsonObject): SlackView | undefined {
    this.#replace(viewId, (one) => ({ ...one, view: this.#made(wanted, one.view, one.typed) }));
    return this.find(viewId);
  }

  /** A view that an ack carries: checked like the others, pushed or shown in place. False where it was refused. */
  answer(viewId: string, action: 'update' | 'push', sent: unknown): boolean {
    const view = this.find(viewId);
    const checked = this.#checked(`view_submission ack: ${action}`, sent, 'modal');
    if (view === undefined || 'refusal' in checked) return false;
    const wanted = checked.view;
    if (action === 'update') this.change(viewId, wanted);
    else if (this.#depth(view) >= deepest) return false;
    else this.#add(this.owner(viewId) ?? '', wanted, view);
    return true;
  }

  #checked(
    method: string,
    sent: unknown,
    type: 'modal' | 'home',
  ): { readonly view: JsonObject } | { readonly refusal: Answer } {
    const view = typeof sent === 'string' ? parsed(sent) : sent;
    const problems =
      isObject(view) && view.type !== type && (view.type === 'modal' || view.type === 'home')
        ? [{ at: '/view/type', message: `must be ${type}` }]
        : checkView(view);
    if (isObject(view) && problems.length === 0) return { view };
    const refusal = badArguments('invalid_arguments', problems);
    this.#workspace.breach(
      method,
      problems.map(({ at, message }) => `${message} [json-pointer:${at}]`),
    );
    return { refusal };
  }

  #add(user: string, wanted: JsonObject, below: SlackView | undefined): SlackView {
    const id = this.#workspace.id('V');
    const view = this.#made(
      wanted,
      { id, root_view_id: below?.root_view_id ?? id, previous_view_id: below?.id ?? null },
      {},
    );
    this.#open.push({ user, view, typed: {} });
    this.#workspace.changed('view', user);
    return view;
  }

  #made(
    wanted: JsonObject,
    place: Pick<SlackView, 'id' | 'root_view_id' | 'previous_view_id'>,
    typed: FormValues,
  ): SlackView {
    const { app, team } = this.#workspace;
    const blocks = this.#workspace.stored(objects(wanted.blocks));
    const part = (field: unknown): JsonObject | null => (isObject(field) ? { emoji: true, ...field } : null);
    return {
      id: place.id,
      team_id: team.id,
      type: wanted.type === 'home' ? 'home' : 'modal',
      blocks,
      private_metadata: text(wanted.private_metadata),
      callback_id: text(wanted.callback_id),
      external_id: text(wanted.external_id),
      state: { values: formValues(blocks, typed) },
      hash: `${Math.floor(this.#workspace.now() / 1000)}.${this.#workspace.id('').slice(0, 8)}`,
      title: part(wanted.title),
      submit: part(wanted.submit),
      close: part(wanted.close),
      clear_on_close: wanted.clear_on_close === true,
      notify_on_close: wanted.notify_on_close === true,
      previous_view_id: place.previous_view_id,
      root_view_id: place.root_view_id,
      app_id: app.appId,
      app_installed_team_id: team.id,
      bot_id: app.botId,
    };
  }

  #replace(viewId: string, next: (one: OpenView) => OpenView): void {
    const index = this.#open.findIndex((one) => one.view.id === viewId);
    const one = this.#open[index];
    if (one === undefined) return;
    this.#open[index] = next(one);
    this.#workspace.changed('view', one.user);
  }

  #depth(view: SlackView): number {
    return this.#open.filter((one) => one.view.root_view_id === view.root_view_id).length;
  }

  #taken(externalId: unknown, except?: string): boolean {
    const id = text(externalId);
    return id !== '' && this.#open.some(({ view }) => view.external_id === id && view.id !== except);
  }
}
