import type { LogLevel as BoltLevel, Logger } from '@slack/bolt';
import {
  type DestinationStream,
  type LevelWithSilent,
  type LogFn,
  type Logger as PinoLogger,
  pino,
  stdTimeFunctions,
} from 'pino';
import { printableJson } from '../domain/text/printable.ts';
import { describeFault } from './describe-fault.ts';
import { redactor } from './redactor.ts';

/** Writes one line of JSON a call: `log.info({ request: id }, 'applied')`. `log.child({ request: id })` adds fields to all lines of the child. */
export type Log = PinoLogger;

export interface LogOptions {
  readonly level: LevelWithSilent;
  /** Texts to redact wherever they appear: `config.secrets`. */
  readonly secrets?: readonly string[];
  /** Where lines go; stdout if not given, written before the call returns. */
  readonly destination?: DestinationStream;
  /** Whether a warning or an error about this fault is reported in another way; then its line is written only at level `debug`. */
  readonly counts?: (fault: unknown, line: string) => boolean;
}

const DEEPEST_VALUE = 8;
const { warn: WARN, error: ERROR } = pino.levels.values;

/**
 * Makes the logger. No line contains a Slack token, a response_url, an Authorization header, a password in a URL, or one of the
 * `secrets`: each finished line is parsed and redacted before it is written.
 */
export function createLogger({ level, secrets = [], destination, counts = () => false }: LogOptions): Log {
  const redact = redactor(secrets);
  const options = {
    level,
    timestamp: stdTimeFunctions.isoTime,
    serializers: { err: describeFault, error: describeFault },
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => describeFields(fields),
    },
    hooks: {
      streamWrite: (line: string) => cleaned(line, redact),
      logMethod(this: Log, parts: Parameters<LogFn>, write: LogFn, at: number) {
        const repeats = (at === WARN || at === ERROR) && counts(faultOf(parts[0]), String(parts[1] ?? ''));
        if (!repeats || this.isLevelEnabled('debug')) write.apply(this, parts);
      },
    },
  };
  return destination === undefined
    ? pino(options, pino.destination({ fd: 1, sync: true }))
    : pino(options, destination);
}

/** A logger for Bolt and the Web API client that writes to ours: texts become `msg`, errors `err`, anything else `details`. */
export function boltLogger(log: Log): Logger {
  let target = log.child({});
  const write = (level: 'debug' | 'info' | 'warn' | 'error', parts: readonly unknown[]) => {
    const texts = parts.filter((part) => typeof part === 'string');
    const errors = parts.filter((part) => part instanceof Error);
    const details = parts.filter((part) => typeof part !== 'string' && !(part instanceof Error));
    const fields = {
      ...(errors.length > 0 && { err: errors[0] }),
      ...(errors.length > 1 && { errors: errors.slice(1) }),
      ...(details.length > 0 && { details }),
    };
    // As an argument, not as the format, since Bolt's text may contain a %.
    target[level](fields, '%s', texts.join(' ') || (errors[0]?.message ?? 'details'));
  };
  return {
    debug: (...parts) => write('debug', parts),
    info: (...parts) => write('info', parts),
    warn: (...parts) => write('warn', parts),
    error: (...parts) => write('error', parts),
    setLevel: (level) => {
      target.level = level;
    },
    getLevel: () => boltLevel(target.level),
    setName: (name) => {
      const level = target.level;
      target = log.child({ name }, { level });
    },
  };
}

function boltLevel(level: string): BoltLevel {
  const known = { trace: 'debug', debug: 'debug', info: 'info', warn: 'warn' }[level] ?? 'error';
  // These are the values of Bolt's enum. Importing it would load Bolt for commands that start no bot.
  return known as BoltLevel;
}

function faultOf(fields: unknown): unknown {
  return typeof fields === 'object' && fields !== null && 'err' in fields ? fields.err : fields;
}

function cleaned(line: string, redact: (value: unknown) => unknown): string {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    // What can't be parsed can't be redacted, so nothing of it may be written.
    fields = { level: 'error', msg: 'a log line that was not JSON was held back' };
  }
  return `${printableJson(redact(fields))}\n`;
}

function describeFields(fields: Record<string, unknown>): Record<string, unknown> {
  const seen = new Set<object>();
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value, DEEPEST_VALUE, seen)]));
}

/** Turns errors at any depth into plain data. JSON.stringify would call their `toJSON`, which may include headers. */
function plain(value: unknown, depth: number, seen: Set<object>): unknown {
  if (value instanceof Error) return describeFault(value);
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth === 0) return '[deeper]';
  if (seen.has(value)) return '[seen above]';
  seen.add(value);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((part) => plain(part, depth - 1, seen));
  if (value instanceof Map || value instanceof Set) return [...value].map((part) => plain(part, depth - 1, seen));
  if ('toJSON' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part, depth - 1, seen)]));
}
