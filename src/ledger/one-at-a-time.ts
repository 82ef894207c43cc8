/** Runs pieces of work in the order in which they come, each once the one before has ended, however it ended. */
export function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    // Only the order is kept here: whoever asked gets the fault.
    last = mine.catch(() => undefined);
    return mine;
  };
}
