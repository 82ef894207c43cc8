import { printable } from '../domain/text/printable.ts';

/** A command can't do its work: wrong usage, wrong configuration, or something that it needs is unavailable. Exit code 2. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}

/** What went wrong and its causes, a line each; a bug with its stack, for a report of it. */
export function describeFailure(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  if ([TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => fault instanceof kind))
    return `${fault.stack}`;
  const cause = fault.cause === undefined ? '' : `\n  because: ${describeFailure(fault.cause)}`;
  // When a name has several addresses, the error of a refused connection has no message.
  const message = fault.message || ('code' in fault && String(fault.code)) || fault.name;
  // Our own messages may have several lines; those of the system contain file names, which may contain anything.
  return `${fault instanceof CannotRun ? message : printable(message)}${cause}`;
}
