import type { PlacedElement } from '../block-walk.ts';
import { actionsPayload, commandPayload, isEphemeral, isView } from '../delivery/payloads.ts';
import { asSent } from '../delivery/typed-text.ts';
import type { JsonObject } from '../json.ts';
import type { Office } from '../methods/method.ts';
import type { Responses } from '../methods/responses.ts';
import type { SeedUser } from '../seed.ts';
import type { SlackView } from '../views.ts';
import type { EphemeralMessage, SlackMessage } from '../workspace.ts';
import { type Entered, entered, fieldNamed, usedElement, type Which, withEntered } from './form-state.ts';

/** What can be clicked in. */
export type Target = SlackMessage | EphemeralMessage | SlackView;

/** `forge` changes the payload before it is signed, as only somebody with the secret, or Slack itself, could. */
export interface Acting {
  readonly forge?: (payload: JsonObject) => JsonObject;
}

interface Prepared {
  readonly payload: JsonObject;
  readonly triggerId: string;
}

/** Makes the payloads of what one person does, and keeps what they have entered and were offered. */
export class InteractionPayloads {
  readonly #id: string;
  readonly #office: Office;
  readonly #responses: Responses;
  /** What searches answered, by element: those are the options that can be picked. */
  readonly #offered = new Map<string, readonly JsonObject[]>();

  constructor(id: string, office: Office, responses: Responses) {
    this.#id = id;
    this.#office = office;
    this.#responses = responses;
  }

  /** From now on these options can be picked in that element. */
  offer(actionId: string, options: readonly JsonObject[]): void {
    this.#offered.set(actionId, options);
  }

  self(): SeedUser {
    const found = this.#office.workspace.users.get(this.#id);
    if (found === undefined) throw new Error(`there is no user ${this.#id}`);
    return found;
  }

  /** A view as it stands now (or as it was when it is closed already); a message stays the one that was given. */
  current<T extends Target>(target: T): T | SlackView {
    return isView(target) ? (this.#office.views.find(target.id) ?? target) : target;
  }

  command(channel: string, command: string, typed: string): Prepared {
    const { workspace, views } = this.#office;
    if (!workspace.app.commands.includes(command)) throw new Error(`${command} is not a valid command`);
    const triggerId = views.trigger(this.#id);
    const responseUrl = this.#responses.url('commands', { user: this.#id, channel });
    const text = asSent(workspace, typed);
    return {
      payload: commandPayload(workspace, this.self(), { channel, command, text, triggerId, responseUrl }),
      triggerId,
    };
  }

  click(
    target: Target,
    which: Which | PlacedElement,
    { value, forge = (payload) => payload }: Acting & { readonly value?: Entered },
  ): Prepared {
    const { workspace, views } = this.#office;
    const field = typeof which === 'object' ? which : fieldNamed(this.current(target).blocks ?? [], which);
    const action = usedElement(field, value, this.#offered.get(field.actionId) ?? []);
    if (isView(target) && field.element.type !== 'button' && field.element.type !== 'overflow') {
      const { block_id: _block, action_id: _action, ...kept } = action;
      views.enter(target.id, field.blockId, field.actionId, kept);
    }
    const now = this.current(target);
    const triggerId = views.trigger(this.#id, isView(now) ? now.id : undefined);
    const responseUrl = isView(now)
      ? undefined
      : this.#responses.url('actions', {
          user: this.#id,
          channel: now.channel,
          original: { ts: now.ts, ephemeral: isEphemeral(now) },
        });
    return {
      payload: forge(actionsPayload(workspace, this.self(), now, action, triggerId, responseUrl)),
      triggerId,
    };
  }

  /** A view with what is entered now; `closedToo`: also one that this person doesn't have open any more. */
  filled(view: SlackView, values: Readonly<Record<string, Entered>>, closedToo = false): SlackView {
    const { views } = this.#office;
    const owner = views.owner(view.id);
    if (owner === undefined && closedToo) return { ...view, state: { values: withEntered(view, values) } };
    if (owner !== this.#id)
      throw new Error(`${this.#id} doesn't have view ${view.id} open${owner ? `, ${owner} has` : ''}`);
    for (const [name, given] of Object.entries(values)) {
      const field = fieldNamed(views.find(view.id)?.blocks ?? [], name);
      const value = entered(field.element, given, this.#offered.get(field.actionId) ?? []);
      views.enter(view.id, field.blockId, field.actionId, value);
    }
    return views.find(view.id) ?? view;
  }
}
