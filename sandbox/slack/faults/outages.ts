import type { Workspace } from '../workspace.ts';

/**
 * How Slack's side fails.
 * - `down`: the connection is cut before anything is done
 * - `lost`: the call is carried out, then the connection is cut, so that nobody knows
 * - `late`: the call is carried out at once, and answered after `ms`, or at recover()
 * - `hang`: no answer for `ms`, or until recover(), then the connection is cut
 * - `slow`: answered after `ms`
 * - `error`: `{ok: false, error}` (default `internal_error`), or an HTTP status with an HTML body
 * - `ratelimited`: 429 with Retry-After (seconds, default 1)
 */
export interface Outage {
  readonly kind: 'down' | 'lost' | 'late' | 'hang' | 'slow' | 'error' | 'ratelimited';
  /** Method names, `response_url` among them; absent = all of them. */
  readonly methods?: readonly string[];
  readonly ms?: number;
  readonly retryAfter?: number;
  readonly error?: string;
  readonly status?: number;
  /** After so many calls it is over by itself. */
  readonly times?: number;
}

/** The outages in force; the latest that fits a method counts. */
export class Outages {
  readonly #workspace: Workspace;
  #standing: { readonly outage: Outage; left: number }[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  begin(outage: Outage): void {
    this.#standing.push({ outage, left: outage.times ?? Number.POSITIVE_INFINITY });
    this.#workspace.changed('workspace', 'outage');
  }

  /** Ends all of them, and lets go what hangs. */
  end(): void {
    this.#standing = [];
    for (const release of [...this.#waiting]) release();
    this.#workspace.changed('workspace', 'recover');
  }

  /** The outage that meets this call; it counts as met. */
  meet(method: string): Outage | undefined {
    const found = this.#standing.findLast(({ outage, left }) => left > 0 && (outage.methods?.includes(method) ?? true));
    if (found !== undefined) found.left -= 1;
    return found?.outage;
  }

  /** How many calls are held up at the moment. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Waits for `ms`, or until recover() where none is given. */
  wait(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = ms === undefined ? undefined : setTimeout(done, ms);
      this.#waiting.add(done);
      this.#workspace.changed('workspace', 'hanging');
    });
  }
}
