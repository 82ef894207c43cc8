/** The result of a function that may refuse: the value, or the problem as a value. Faults are thrown instead. */
export type Result<T, P> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: P };

export function good<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function bad<P>(problem: P): { readonly ok: false; readonly problem: P } {
  return { ok: false, problem };
}
