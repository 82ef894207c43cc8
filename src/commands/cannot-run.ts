import { printable } from '../domain/printable.ts';

/** A command can't do its work: wrong use, a wrong setting, or something that it needs is away. Exit 2. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}

/** What went wrong, with what caused it, a line each; a mistake of our own with its stack, for whoever reports it. */
export function describeFailure(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  if ([TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => fault instanceof kind))
    return `${fault.stack}`;
  const cause = fault.cause === undefined ? '' : `\n  because: ${describeFailure(fault.cause)}`;
  // A refused connection to a name of several addresses comes without a message.
  const message = fault.message || ('code' in fault && String(fault.code)) || fault.name;
  // Our own words may have lines; those of the system have file names in them, which may hold anything.
  return `${fault instanceof CannotRun ? message : printable(message)}${cause}`;
}
