import { type JsonObject, text } from '../json.ts';
import { type Answer, no, yes } from './answer.ts';
import { deleteAsBot, postAsBot, showPrivately, updateAsBot } from './chat-methods.ts';
import { checkedContent } from './content.ts';
import type { Office } from './method.ts';

/** What a response_url belongs to: a person in a channel, and the message that was clicked where there was one. */
export interface ResponsePlace {
  readonly user: string;
  readonly channel: string;
  readonly original?: { readonly ts: string; readonly ephemeral: boolean };
}

interface ResponseUrl {
  readonly place: ResponsePlace;
  readonly until: number;
  left: number;
}

const uses = 5;
const lifeMs = 30 * 60 * 1000;

/** Answers to an interaction: by its response_url (5 uses, 30 minutes) or in the acknowledgement of a command. */
export class Responses {
  readonly #office: Office;
  readonly #origin: string;
  readonly #urls = new Map<string, ResponseUrl>();

  constructor(office: Office, origin: string) {
    this.#office = office;
    this.#origin = origin;
  }

  /** A new response_url. */
  url(kind: 'commands' | 'actions', place: ResponsePlace): string {
    const { workspace } = this.#office;
    const path = `/${kind}/${workspace.team.id}/${workspace.id('')}/${workspace.id('').toLowerCase()}`;
    this.#urls.set(path, { place, until: workspace.now() + lifeMs, left: uses });
    return this.#origin + path;
  }

  /** What a POST to a response_url does; undefined for a path that is none. */
  async use(path: string, body: JsonObject): Promise<Answer | undefined> {
    const found = this.#urls.get(path);
    if (found === undefined) return undefined;
    if (found.until < this.#office.workspace.now()) return no('expired_url');
    if (found.left === 0) return no('used_url');
    found.left -= 1;
    return this.show('response_url', found.place, body);
  }

  /** Shows an answer where it belongs. */
  async show(method: string, place: ResponsePlace, body: JsonObject): Promise<Answer> {
    const { original, channel, user } = place;
    if (body.delete_original === true) {
      if (original === undefined) return no('no_original');
      if (!original.ephemeral) return deleteAsBot(this.#office, channel, original.ts);
      this.#office.workspace.dropEphemeral(original.ts);
      return yes();
    }
    const content = checkedContent(this.#office.workspace, method, body);
    if ('refusal' in content) return content.refusal;
    const args = { ...content, ...(text(body.thread_ts) === '' ? {} : { thread_ts: body.thread_ts }) };
    if (body.replace_original === true && original !== undefined) {
      if (!original.ephemeral) return updateAsBot(this.#office, channel, original.ts, args);
      showPrivately(this.#office, channel, user, args, original.ts);
      return yes();
    }
    if (body.response_type === 'in_channel') return postAsBot(this.#office, channel, args);
    showPrivately(this.#office, channel, user, args);
    return yes();
  }
}
