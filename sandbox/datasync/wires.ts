export interface NewWire {
  name: string;
  /** Bytes per second, before compression, as limits are. */
  capacity: number;
  /** Their ARNs, or the last parts of them. */
  tasks: readonly string[];
}

/** A wire, with the ARNs of its tasks. */
export type Wire = Readonly<NewWire>;

/** What the executions of some tasks share. A task is on one wire or on none. */
export interface Wires {
  /** @throws Error for a task that is not there or on another wire, and for a capacity that lets nothing through */
  add(wire: NewWire): void;
  all(): Wire[];
  /** All tasks, those that share a wire together; the capacity is Infinity where a task has all to itself. */
  groups<T extends { arn: string }>(tasks: Iterable<T>): { capacity: number; tasks: T[] }[];
}

/** @param taskArns the ARNs of the tasks that there are */
export function createWires(taskArns: () => Iterable<string>): Wires {
  const wires: Wire[] = [];
  const arnOf = (named: string): string => {
    const arn = [...taskArns()].find((one) => one === named || one.endsWith(`:task/${named}`));
    if (!arn) throw new Error(`The local DataSync has no task ${named}`);
    if (wires.some(({ tasks }) => tasks.includes(arn))) throw new Error(`${named} is on a wire already`);
    return arn;
  };
  return {
    add: ({ name, capacity, tasks }) => {
      if (!(capacity > 0)) throw new Error(`The wire ${name} has no capacity: ${capacity}`);
      wires.push({ name, capacity, tasks: [...new Set(tasks.map(arnOf))] });
    },
    all: () => [...wires],
    groups: (tasks) => {
      const all = [...tasks];
      const alone = all.filter(({ arn }) => !wires.some((wire) => wire.tasks.includes(arn)));
      return [
        ...wires.map((wire) => ({ capacity: wire.capacity, tasks: all.filter(({ arn }) => wire.tasks.includes(arn)) })),
        ...alone.map((task) => ({ capacity: Number.POSITIVE_INFINITY, tasks: [task] })),
      ];
    },
  };
}
