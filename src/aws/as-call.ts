import { toAwsFault } from './aws-fault.ts';
import { within } from './time-limits.ts';

/** Called after each call to AWS, with its operation and `ok`, the kind of AWS's fault, or `fault` for one of this program. */
export type OnCall = (operation: string, outcome: string) => void;

interface Call {
  operation: string;
  role: string | null;
  ms: number;
  onCall: OnCall;
}

/** @throws AwsFault, or a fault of this program */
export async function asCall<T>(
  { operation, role, ms, onCall }: Call,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  let outcome = 'fault';
  try {
    const answer = await within(ms, run);
    outcome = 'ok';
    return answer;
  } catch (error) {
    const fault = toAwsFault(error, { operation: `datasync:${operation}`, role });
    outcome = fault.kind;
    throw fault;
  } finally {
    onCall(operation, outcome);
  }
}
