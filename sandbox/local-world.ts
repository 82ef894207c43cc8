import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Running, type ServeOptions, serve } from '../src/serve.ts';
import { type DataSyncOptions, type LocalDataSync, startDataSync } from './datasync/start-data-sync.ts';
import { type LocalSlack, type LocalSlackOptions, startSlack } from './slack/local-slack.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

/** Nothing of a world can be reached from another machine. */
export const LOOPBACK = '127.0.0.1';

export interface WorldOptions {
  redisUrl: string;
  /** The policy file's text. */
  policy: string;
  mode?: 'http' | 'socket';
  slack?: LocalSlackOptions;
  aws?: DataSyncOptions;
  /** More of the bot's environment, or other. */
  env?: Record<string, string>;
  serve?: ServeOptions;
}

/** Everything around the bot on this machine, and the bot itself, started through `serve`. */
export interface World {
  slack: LocalSlack;
  aws: LocalDataSync;
  /** The bot's environment: a second bot may be started with the same. */
  env: Record<string, string>;
  policyFile: string;
  bots: Running[];
  startBot(): Promise<Running>;
  stop(): Promise<void>;
}

export async function startWorld(options: WorldOptions): Promise<World> {
  const mode = options.mode ?? 'http';
  const folder = temporaryFolder('world');
  const opened: (() => Promise<unknown>)[] = [async () => removeFolder(folder)];
  /** The last one opened first; one that fails keeps none of the others from closing. */
  const stop = async () => {
    const faults: unknown[] = [];
    for (const close of opened.splice(0).reverse()) await close().catch((fault: unknown) => faults.push(fault));
    if (faults.length > 0) throw new AggregateError(faults, 'not all of a world could be stopped');
  };
  try {
    const policyFile = join(folder, 'policy.yml');
    await writeFile(policyFile, options.policy);
    const slack = await startSlack(options.slack);
    opened.push(() => slack.stop());
    const aws = await startDataSync(options.aws);
    opened.push(() => aws.stop());
    const env = {
      ...slack.environment(mode),
      REDIS_URL: options.redisUrl,
      REDIS_KEY_PREFIX: `w${randomBytes(6).toString('hex')}`,
      POLICY_FILE: policyFile,
      AUDIT_KEYS: `local:${randomBytes(32).toString('hex')}`,
      PORT: '0',
      OPS_PORT: '0',
      LOG_LEVEL: 'fatal',
      ...options.env,
    };
    pointSdkAt(aws);
    const bots: Running[] = [];
    opened.push(() => Promise.all(bots.map((bot) => bot.stop())));
    return {
      ...{ slack, aws, env, policyFile, bots, stop },
      async startBot() {
        // The local Slack takes messages as fast as they come.
        const bot = await serve(env, { host: LOOPBACK, slackMinuteMs: 1200, ...options.serve });
        bots.push(bot);
        if (bot.port !== null) slack.connectBot({ requestUrl: `http://${LOOPBACK}:${bot.port}/slack/events` });
        return bot;
      },
    };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

/** The SDK reads its endpoints and credentials from the process's environment, and from nowhere else. */
function pointSdkAt(aws: LocalDataSync): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DATASYNC: aws.url,
    AWS_ENDPOINT_URL_STS: aws.stsUrl,
    AWS_ACCESS_KEY_ID: 'AKIALOCAL',
    AWS_SECRET_ACCESS_KEY: randomBytes(20).toString('hex'),
    AWS_EC2_METADATA_DISABLED: 'true',
  });
}
