/**
 * Something going wrong on purpose.
 *
 * - `throttle`, `deny`, `internal`, `rejected`: AWS's own refusals, nothing is carried out
 * - `html503`: a load balancer's page instead of AWS's answer, with `status` under another one
 * - `clock`: AWS's clock is ten minutes ahead, so that it takes no signature
 * - `region`: the Region is not enabled for the account
 * - `hang`: no answer; with `ms` the normal answer after that time
 * - `reset`: the connection breaks before anything is carried out
 * - `lost-update`: carried out, and the answer never comes; with `ms` the connection breaks after that time
 * - `ignored-update`: answered as done, and nothing has changed
 */
export interface InjectedFault {
  kind:
    | 'throttle'
    | 'hang'
    | 'deny'
    | 'internal'
    | 'html503'
    | 'reset'
    | 'lost-update'
    | 'ignored-update'
    | 'rejected'
    | 'clock'
    | 'region';
  /** An operation's name, `AssumeRole` too; every operation if not said. */
  operation?: string;
  region?: string;
  /** How many calls it hits, repeats included; until recover() if not said. */
  times?: number;
  ms?: number;
  status?: number;
  /** What a refusal says. */
  message?: string;
}

export interface InjectedFaults {
  add(fault: InjectedFault): void;
  clear(): void;
  /** The fault that this call gets, which uses up one of its times. */
  take(operation: string, region: string | null): InjectedFault | null;
}

export function createInjectedFaults(): InjectedFaults {
  let faults: { fault: InjectedFault; left: number }[] = [];
  return {
    add: (fault) => {
      const ofUpdates = fault.kind === 'lost-update' || fault.kind === 'ignored-update';
      const what = ofUpdates ? { ...fault, operation: 'UpdateTaskExecution' } : fault;
      faults.push({ fault: what, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clear: () => {
      faults = [];
    },
    take: (operation, region) => {
      const found = faults.find(
        ({ fault }) =>
          (fault.operation === undefined || fault.operation === operation) &&
          (fault.region === undefined || fault.region === region),
      );
      if (!found) return null;
      found.left -= 1;
      if (found.left <= 0) faults = faults.filter((entry) => entry !== found);
      return found.fault;
    },
  };
}
