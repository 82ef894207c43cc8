import type { PlacedElement } from '../block-walk.ts';
import { asRequest, type Delivered, type Delivery } from '../delivery/delivery.ts';
import { homeOpened, suggestionPayload, viewPayload } from '../delivery/payloads.ts';
import type { SignedRequest } from '../delivery/signing.ts';
import { type JsonObject, objects, text } from '../json.ts';
import { openDirect } from '../methods/conversation-methods.ts';
import type { Office } from '../methods/method.ts';
import type { Responses } from '../methods/responses.ts';
import type { SlackView } from '../views.ts';
import type { EphemeralMessage, InteractionFailure, SlackMessage } from '../workspace.ts';
import { type Entered, fieldNamed, formFaults, optionsOf, type Which } from './form-state.ts';
import { answerSubmit, suggestionFaults } from './interaction-answers.ts';
import { type Acting, InteractionPayloads, type Target } from './interaction-payloads.ts';

/** What the bot answered: `status` 0 = nothing within 3 s or no connection, then `failure` says which. */
export interface Sent {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
  readonly triggerId: string;
  readonly failure?: InteractionFailure['error'];
}

/** What a submit led to. `errors` holds block_id → text; it is also Slack's own where the form can't be sent. */
export interface Submitted extends Sent {
  readonly responseAction?: string;
  readonly errors?: Readonly<Record<string, string>>;
}

const same = (payload: JsonObject): JsonObject => payload;

/** A person at work in Slack. What they do goes to the bot signed, over HTTP or Socket Mode. */
export class Person {
  readonly id: string;
  readonly #office: Office;
  readonly #delivery: Delivery;
  readonly #responses: Responses;
  readonly #payloads: InteractionPayloads;

  constructor(id: string, office: Office, delivery: Delivery, responses: Responses) {
    this.id = id;
    this.#office = office;
    this.#delivery = delivery;
    this.#responses = responses;
    this.#payloads = new InteractionPayloads(id, office, responses);
  }

  /** Types a slash command. What the acknowledgement carries is shown as Slack would. */
  async command(channel: string, command: string, typed = '', { forge = same }: Acting = {}): Promise<Sent> {
    const { payload, triggerId } = this.#payloads.command(channel, command, typed);
    const reply = await this.#delivery.send(this.id, `${command} ${typed}`.trim(), {
      type: 'slash_commands',
      payload: forge(payload),
    });
    const answer = reply.json ?? { text: reply.body };
    if (reply.status === 200 && (text(answer.text) !== '' || answer.blocks !== undefined)) {
      await this.#responses.show('command ack', { user: this.id, channel }, answer);
    }
    return sent(reply, triggerId);
  }

  /** The signed request of a command, not sent: to be changed, sent late, or sent twice with `slack.sendRaw`. */
  commandRequest(
    channel: string,
    command: string,
    typed = '',
    { forge = same, timestamp }: Acting & { readonly timestamp?: number } = {},
  ): SignedRequest {
    const payload = forge(this.#payloads.command(channel, command, typed).payload);
    return asRequest(this.#office.workspace, { type: 'slash_commands', payload }, timestamp);
  }

  /**
   * Uses an element of a message, modal or home tab: presses a button, picks an option.
   * @param which its action_id, a predicate over elements, or the element itself as it was shown before an edit
   * @param options `value`: for a button another value than it has (a forged one), for others what is picked
   * @throws Error where there is no such element
   */
  async click(
    target: Target,
    which: Which | PlacedElement,
    options: Acting & { readonly value?: Entered } = {},
  ): Promise<Sent> {
    const { payload, triggerId } = this.#payloads.click(target, which, options);
    const what = `click ${text(objects(payload.actions)[0]?.action_id)}`;
    return sent(await this.#delivery.send(this.id, what, { type: 'interactive', payload }), triggerId);
  }

  /** The signed request of a click, not sent. */
  clickRequest(
    target: Target,
    which: Which,
    options: Acting & { readonly value?: Entered; readonly timestamp?: number } = {},
  ): SignedRequest {
    const { payload } = this.#payloads.click(target, which, options);
    return asRequest(this.#office.workspace, { type: 'interactive', payload }, options.timestamp);
  }

  /**
   * Fills in a modal and submits it. Slack's own form refuses first what is required and missing, or too long: then
   * `status` is 0, `errors` says what, and nothing is sent (`force` sends it nevertheless).
   * @param values what to enter, by action_id or block_id; what was entered before stays
   */
  async submit(
    view: SlackView,
    values: Readonly<Record<string, Entered>> = {},
    { forge = same, force = false }: Acting & { readonly force?: boolean } = {},
  ): Promise<Submitted> {
    const filled = this.#payloads.filled(view, values);
    const faults = formFaults(filled.blocks, filled.state.values);
    if (!force && Object.keys(faults).length > 0) {
      return { status: 0, body: '', ms: 0, triggerId: '', responseAction: 'errors', errors: faults };
    }
    const triggerId = this.#office.views.trigger(this.id, view.id);
    const payload = forge(viewPayload(this.#office.workspace, this.#payloads.self(), filled, { triggerId }));
    const what = `submit ${view.callback_id}`;
    const reply = await this.#delivery.send(this.id, what, { type: 'interactive', payload });
    if (reply.failure !== undefined) return sent(reply, triggerId);
    const answer = answerSubmit(this.#office.views, filled, reply);
    if (!('wrong' in answer)) return { ...sent(reply, triggerId), ...answer };
    return { ...sent(reply, triggerId), failure: this.#wrong(what, reply, [answer.wrong]) };
  }

  /** The signed request of a submit, not sent; also of a view that is closed by now. */
  submitRequest(
    view: SlackView,
    values: Readonly<Record<string, Entered>> = {},
    { forge = same, timestamp }: Acting & { readonly timestamp?: number } = {},
  ): SignedRequest {
    const triggerId = this.#office.views.trigger(this.id, view.id);
    const filled = this.#payloads.filled(view, values, true);
    const payload = viewPayload(this.#office.workspace, this.#payloads.self(), filled, { triggerId });
    return asRequest(this.#office.workspace, { type: 'interactive', payload: forge(payload) }, timestamp);
  }

  /** Closes a modal by its X; the bot hears of it where the view has notify_on_close. */
  async close(view: SlackView): Promise<Sent | undefined> {
    const current = this.#office.views.find(view.id) ?? view;
    this.#office.views.close(view.id, current.clear_on_close);
    if (!current.notify_on_close) return undefined;
    const cleared = current.clear_on_close && current.previous_view_id !== null;
    const payload = viewPayload(this.#office.workspace, this.#payloads.self(), current, { cleared });
    return sent(await this.#delivery.send(this.id, 'close', { type: 'interactive', payload }), '');
  }

  /** Types into a searchable list; the options that the bot answers can be picked from then on. */
  async suggest(target: Target, actionId: string, query: string): Promise<JsonObject[]> {
    const { workspace } = this.#office;
    const now = this.#payloads.current(target);
    const field = fieldNamed(now.blocks ?? [], actionId);
    const payload = suggestionPayload(workspace, this.#payloads.self(), now, field, query);
    const what = `suggest ${actionId}`;
    const reply = await this.#delivery.send(this.id, what, { type: 'interactive', payload });
    if (reply.failure !== undefined) return [];
    const options = optionsOf(reply.json ?? {});
    const problems = suggestionFaults(reply.json);
    if (problems.length > 0) {
      this.#wrong(what, reply, problems);
      return [];
    }
    this.#payloads.offer(field.actionId, options);
    return options;
  }

  /** Opens the app's home tab. */
  async openHome(): Promise<Sent> {
    const { workspace, views } = this.#office;
    const channel = await openDirect(this.#office, this.id);
    const payload = homeOpened(workspace, this.#payloads.self(), channel?.id ?? '', views.home(this.id));
    return sent(await this.#delivery.send(this.id, 'open home', { type: 'events_api', payload }), '');
  }

  /** What this person alone was shown, oldest first. */
  ephemerals(): EphemeralMessage[] {
    return this.#office.workspace.ephemerals.filter((one) => one.to === this.id);
  }

  /** The modals that are open, the top one last. */
  views(): SlackView[] {
    return this.#office.views.modals(this.id);
  }

  home(): SlackView | undefined {
    return this.#office.views.home(this.id);
  }

  /** The messages in the app's direct message with this person, oldest first. */
  dms(): SlackMessage[] {
    const { channels, messages } = this.#office.workspace;
    return messages.filter((one) => channels.get(one.channel)?.im === this.id);
  }

  /** What Slack told this person because the bot was late, away or wrong. */
  failures(): InteractionFailure[] {
    return this.#office.workspace.failures.filter((one) => one.user === this.id);
  }

  /** An answer that Slack can't use: the person sees a failure, and it is kept as a breach. */
  #wrong(what: string, reply: Delivered, why: readonly string[]): 'invalid_ack' {
    this.#office.workspace.breach(`${what} ack`, why);
    this.#delivery.failed(this.id, what, 'invalid_ack', reply.status);
    return 'invalid_ack';
  }
}

function sent(reply: Delivered, triggerId: string): Sent {
  const { status, body, ms, failure } = reply;
  return { status, body, ms, triggerId, ...(failure === undefined ? {} : { failure }) };
}
