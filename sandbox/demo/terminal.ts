import { writeSync } from 'node:fs';
import { isatty, WriteStream } from 'node:tty';

/** The descriptors under which the stage has the terminal: its own stdout and stderr are the log file. */
export interface TerminalFds {
  out: number;
  err: number;
}

export interface DemoTerminal {
  write(text: string): void;
  /** A fault, in words, on stderr. */
  fault(text: string): void;
  color: boolean;
  columns: number;
  /** Resolves when nobody reads any more, as after `| head`. */
  gone: Promise<void>;
}

/** Written before the call returns, so that nothing is lost where the process ends at once. */
export function openTerminal({ out, err }: TerminalFds, env: NodeJS.ProcessEnv): DemoTerminal {
  let leave = () => {};
  const gone = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const write = (fd: number, text: string) => {
    try {
      writeAll(fd, Buffer.from(text));
    } catch (fault) {
      if (codeOf(fault) !== 'EPIPE') throw fault;
      leave();
    }
  };
  const color = isatty(out) && !env.NO_COLOR && env.TERM !== 'dumb';
  return {
    write: (text) => write(out, text),
    fault: (text) => write(err, `\n${text}\n`),
    color,
    columns: isatty(out) ? columnsOf(out) : 100,
    gone,
  };
}

function columnsOf(fd: number): number {
  const stream = new WriteStream(fd);
  const { columns } = stream;
  // Only asked for its width: the descriptor stays open, and the process needs not wait for it.
  stream.unref();
  return columns || 100;
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Also where whoever made the pipe left it non-blocking, and it is full. */
function writeAll(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (fault) {
      if (codeOf(fault) !== 'EAGAIN') throw fault;
      Atomics.wait(pause, 0, 0, 5);
    }
  }
}

function codeOf(fault: unknown): unknown {
  return fault instanceof Error && 'code' in fault ? fault.code : null;
}
