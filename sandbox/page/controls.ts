import type { LocalDataSync } from '../datasync/start-data-sync.ts';
import type { GivenRedis, LocalRedis } from '../redis.ts';
import type { Control, OtherSide } from './page-state.ts';

const MiB = 1_048_576;
const TROUBLE_MS = 10_000;
/** Other names than the tasks of the demo's scene have. */
const NAMES = ['lab-results', 'web-logs', 'cold-backups', 'home-folders', 'design-files'] as const;

/** The hand that moves AWS and Redis. */
export interface Controls {
  /** @throws Error for an execution that isn't there, and for a Redis that is not ours to stop */
  run(control: Control): Promise<void>;
  state(): Pick<OtherSide, 'trouble' | 'redis'>;
  stop(): void;
}

/** @param changed called whenever `state()` answers something new */
export function createControls(aws: LocalDataSync, redis: LocalRedis | GivenRedis, changed: () => void): Controls {
  let trouble: OtherSide['trouble'] = null;
  let redisState: OtherSide['redis'] = redis.ours ? 'running' : 'not ours';
  let ending: NodeJS.Timeout | undefined;
  let started = 0;

  const start = (): void => {
    const [, , , region = 'us-east-1', account = '111122223333'] = aws.executions()[0]?.arn.split(':') ?? [];
    const name = NAMES[started % NAMES.length] ?? 'transfer';
    const round = Math.floor(started / NAMES.length);
    started += 1;
    const task = aws.addTask({ name: round === 0 ? name : `${name}-${round + 1}`, account, region });
    aws.startExecution(task, { bytes: 600_000 * MiB, linkBytesPerSecond: 180 * MiB, launchMs: 1500, prepareMs: 3000 });
  };
  const queue = (): void => {
    const running = aws.executions().find(({ status }) => status === 'TRANSFERRING');
    if (running) aws.queueExecution(running.taskArn, { bytes: 200_000 * MiB });
    else start();
  };
  const disturb = (kind: 'throttle' | 'hang'): void => {
    clearTimeout(ending);
    aws.recover();
    aws.fail({ kind });
    trouble = { kind, until: Date.now() + TROUBLE_MS };
    ending = setTimeout(() => {
      aws.recover();
      trouble = null;
      changed();
    }, TROUBLE_MS);
  };
  const turnRedis = async (run: boolean): Promise<void> => {
    if (!redis.ours) throw new Error('This Redis was there before: it is not for the page to stop');
    redisState = 'changing';
    changed();
    let isRunning = !run;
    try {
      await (run ? redis.start() : redis.stop());
      isRunning = run;
    } finally {
      redisState = isRunning ? 'running' : 'stopped';
      changed();
    }
  };

  return {
    run: async (control) => {
      if (control.do === 'start') start();
      else if (control.do === 'queue') queue();
      else if (control.do === 'finish') aws.finish(control.arn, 'SUCCESS');
      else if (control.do === 'aws') disturb(control.kind);
      else await turnRedis(control.run);
      changed();
    },
    state: () => ({ trouble, redis: redisState }),
    stop: () => clearTimeout(ending),
  };
}
