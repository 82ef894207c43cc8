const DEEPEST_CAUSE = 8;

/** What a log line says of an Error. */
interface LoggedFault {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  /** The code of Node or Slack, the HTTP status, and the request id of AWS, where the error has them. */
  readonly code?: string | number;
  readonly status?: number;
  readonly requestId?: string;
  readonly errors?: readonly unknown[];
  readonly cause?: unknown;
}

/**
 * Turns an Error into plain data: its message, its causes and a few fields that help to find it, but not the request,
 * response and headers that client libraries attach to their errors.
 * @returns anything that is not an Error as it is
 */
export function describeFault(value: unknown, depth = 0): unknown {
  if (!(value instanceof Error)) return value;
  if (depth >= DEEPEST_CAUSE) return { type: value.name, message: value.message } satisfies LoggedFault;
  const code = field(value, 'code');
  const metadata = field(value, '$metadata');
  const status = [field(value, 'statusCode'), field(metadata, 'httpStatusCode')].find(
    (part) => typeof part === 'number',
  );
  const requestId = field(metadata, 'requestId');
  const inner = (part: unknown) => describeFault(part, depth + 1);
  const fault: LoggedFault = {
    type: value.name || value.constructor.name,
    message: value.message,
    ...(value.stack !== undefined && { stack: value.stack }),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof status === 'number' && { status }),
    ...(typeof requestId === 'string' && { requestId }),
    ...(value instanceof AggregateError && { errors: value.errors.slice(0, DEEPEST_CAUSE).map(inner) }),
    ...(value.cause !== undefined && { cause: inner(value.cause) }),
  };
  return fault;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
