/** The call was not made yet. `retryAfter` (seconds) has the same name as in the Web API's own fault. */
export class CallDeferred extends Error {
  override readonly name = 'CallDeferred';
  readonly retryAfter: number;

  constructor(key: string, ms: number, options?: ErrorOptions) {
    super(`${key}: in ${Math.ceil(ms)} ms`, options);
    this.retryAfter = ms / 1000;
  }
}
