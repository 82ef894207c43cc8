/** Everything takes well under a second; a busy machine may take longer. */
export const PATIENCE = { timeoutMs: 20_000 } as const;

/** @throws Error that says in words what did not come; `cause` has what came instead */
export async function coming<T>(what: string, awaited: Promise<T>): Promise<T> {
  return awaited.catch((cause: unknown) => {
    throw new Error(`${what} did not come within ${PATIENCE.timeoutMs / 1000} s`, { cause });
  });
}
