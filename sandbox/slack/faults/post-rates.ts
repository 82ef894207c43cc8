import { type JsonObject, text } from '../json.ts';
import type { Outage } from './outages.ts';

/** How many messages a channel takes, as Slack limits chat.postMessage for each channel by itself. */
export interface PostRate {
  /** So many are taken, however fast they come: no test is to depend on how fast that is. */
  readonly burst: number;
  /** Seconds that Slack asks to wait then. Nothing is taken in the channel meanwhile, and as many as before afterwards. */
  readonly retryAfter: number;
}

/** Answers 429 to more messages than a channel takes, until Retry-After is over. */
export class PostRates {
  #rate: PostRate | undefined;
  readonly #channels = new Map<string, { taken: number; closedUntil: number }>();

  set(rate: PostRate | null): void {
    this.#rate = rate ?? undefined;
    this.#channels.clear();
  }

  /** What meets this call; the message counts as taken where nothing does. */
  meet(method: string, args: JsonObject): Outage | undefined {
    const rate = this.#rate;
    if (rate === undefined || method !== 'chat.postMessage') return undefined;
    const now = performance.now();
    const key = text(args.channel);
    const channel = this.#channels.get(key) ?? { taken: 0, closedUntil: 0 };
    this.#channels.set(key, channel);
    if (channel.taken === rate.burst && channel.closedUntil === 0) channel.closedUntil = now + rate.retryAfter * 1000;
    if (now < channel.closedUntil) {
      return { kind: 'ratelimited', retryAfter: Math.ceil((channel.closedUntil - now) / 1000) };
    }
    if (channel.closedUntil > 0) Object.assign(channel, { taken: 0, closedUntil: 0 });
    channel.taken += 1;
    return undefined;
  }
}
