import { type WebAPICallResult, WebClient, type WebClientOptions } from '@slack/web-api';
import type { BudgetedCall } from './slack-budgets.ts';

/** How a client's calls are made; `runOnce` or `runOptional` of the budgets. @throws CallDeferred if a call can't be made in time */
type Within = (to: BudgetedCall, call: () => Promise<WebAPICallResult>) => Promise<WebAPICallResult>;

/** A client of the Web API whose calls stay within the budgets of their methods. */
export class BudgetedClient extends WebClient {
  readonly #within: Within;

  constructor(token: string, options: WebClientOptions, within: Within) {
    super(token, options);
    this.#within = within;
  }

  override apiCall(method: string, options?: Record<string, unknown>): Promise<WebAPICallResult> {
    const channel = typeof options?.channel === 'string' ? options.channel : '';
    return this.#within({ method, channel }, () => super.apiCall(method, options));
  }
}
