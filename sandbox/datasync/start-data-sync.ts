import { EventEmitter, once } from 'node:events';
import { createFrontDoor, type DataSyncCall } from './front-door.ts';
import { createInjectedFaults, type InjectedFault } from './injected-faults.ts';
import { createSessions } from './sessions.ts';
import type { NewWire, Wire } from './wires.ts';
import { createWorld, type ExecutionState, type NewExecution, type NewTask } from './world.ts';

export interface DataSyncOptions {
  /** The clock; this machine's if not given. With one of the caller's, 'change' follows calls and changes alone. */
  now?: () => Date;
  /** Divides what launching, preparing, verifying, cancelling and a change's delay take. Bytes flow in real time. */
  speed?: number;
  /** The account of the bot's own keys (those that the local STS did not hand out); any account if not given. */
  ownAccount?: string;
  port?: number;
}

/** AWS on this machine, as far as the bot needs it: DataSync and STS over HTTP, and a hand that moves the executions. */
export interface LocalDataSync {
  /** For AWS_ENDPOINT_URL_DATASYNC. */
  url: string;
  /** For AWS_ENDPOINT_URL_STS. */
  stsUrl: string;
  /** Answers the task's ARN. */
  addTask(task: NewTask): string;
  /** From now on the executions of these tasks share its capacity. */
  addWire(wire: NewWire): void;
  wires(): Wire[];
  /** Answers the execution's ARN. It is QUEUED where another one of the task runs. */
  startExecution(taskArn: string, execution: NewExecution): string;
  /** QUEUED until the one that runs has ended, or, where none runs, until launch(). */
  queueExecution(taskArn: string, execution: NewExecution): string;
  launch(arn: string): void;
  finish(arn: string, status: 'SUCCESS' | 'ERROR'): void;
  /** CANCELLING, and after a while ERROR. */
  cancel(arn: string): void;
  /** Into a status, one that AWS does not have yet as well. */
  enter(arn: string, status: string): void;
  /** AWS knows the execution no more. */
  forget(arn: string): void;
  execution(arn: string): ExecutionState;
  executions(): ExecutionState[];
  /** Every call so far, refused ones too, oldest first. */
  readonly calls: readonly DataSyncCall[];
  /** Somebody else's change, past the bot: not among the calls. */
  setLimit(arn: string, bytesPerSecond: number): void;
  fail(fault: InjectedFault): void;
  /** Ends all injected faults and lets every role be assumed again. */
  recover(): void;
  /** The role's trust refuses the bot. */
  denyRole(role: string): void;
  /** After each call and each change of an execution. */
  on(event: 'change', listener: () => void): void;
  off(event: 'change', listener: () => void): void;
  /** Settles with the predicate's first truthy answer; rejects after `timeoutMs` (40 s). */
  until<T>(predicate: (sync: LocalDataSync) => T, options?: { timeoutMs?: number }): Promise<T>;
  stop(): Promise<void>;
}

/** Starts it on a loopback port, a free one if none is named. */
export async function startDataSync(options: DataSyncOptions = {}): Promise<LocalDataSync> {
  const now = options.now ?? (() => new Date());
  const world = createWorld(() => now().getTime(), options.speed ?? 1);
  const sessions = createSessions(() => now().getTime(), options.ownAccount ?? null);
  const faults = createInjectedFaults();
  const deniedRoles = new Set<string>();
  const calls: DataSyncCall[] = [];
  const events = new EventEmitter();
  events.setMaxListeners(0);
  let timer: NodeJS.Timeout | undefined;

  // Looking moves the world on; nobody may be looking when a phase ends, so somebody is woken for it.
  const changed = () => {
    clearTimeout(timer);
    events.emit('change');
    const turn = options.now ? null : world.nextTurn();
    if (turn === null) return;
    timer = setTimeout(
      () => {
        world.executions();
        changed();
      },
      Math.min(Math.max(turn - Date.now(), 1), 60_000),
    );
    timer.unref();
  };
  const server = createFrontDoor({
    now,
    world,
    sessions,
    faults,
    onCall: (call) => {
      calls.push(call);
      changed();
    },
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The local DataSync has no port');
  const url = `http://127.0.0.1:${address.port}`;
  const then = <T>(result: T): T => {
    changed();
    return result;
  };

  const sync: LocalDataSync = {
    url,
    stsUrl: url,
    calls,
    addTask: (task) => then(world.addTask(task)),
    addWire: (wire) => then(world.addWire(wire)),
    wires: world.wires,
    startExecution: (taskArn, execution) => then(world.start(taskArn, execution)),
    queueExecution: (taskArn, execution) => then(world.queue(taskArn, execution)),
    launch: (arn) => then(world.launch(arn)),
    finish: (arn, status) => then(world.enter(arn, status)),
    cancel: (arn) => then(world.enter(arn, 'CANCELLING')),
    enter: (arn, status) => then(world.enter(arn, status)),
    forget: (arn) => then(world.forget(arn)),
    setLimit: (arn, bytesPerSecond) => then(world.setLimit(arn, bytesPerSecond)),
    execution: (arn) => world.execution(arn),
    executions: () => world.executions(),
    fail: (fault) => faults.add(fault),
    recover: () => {
      faults.clear();
      for (const role of deniedRoles) sessions.allowRole(role);
      deniedRoles.clear();
    },
    denyRole: (role) => {
      deniedRoles.add(role);
      sessions.denyRole(role);
    },
    on: (event, listener) => void events.on(event, listener),
    off: (event, listener) => void events.off(event, listener),
    until: (predicate, { timeoutMs = 40_000 } = {}) => until(sync, () => predicate(sync), timeoutMs),
    stop: async () => {
      clearTimeout(timer);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return sync;
}

function until<T>(sync: LocalDataSync, predicate: () => T, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void) => {
      clearTimeout(late);
      clearInterval(again);
      sync.off('change', look);
      how();
    };
    const look = () => {
      try {
        const answer = predicate();
        if (answer) settle(() => resolve(answer));
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const late = setTimeout(
      () => settle(() => reject(new Error(`The local DataSync did not get there within ${timeoutMs} ms`))),
      timeoutMs,
    );
    // Bytes grow without an event.
    const again = setInterval(look, 25);
    sync.on('change', look);
    look();
  });
}
