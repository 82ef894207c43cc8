import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Running, type ServeOptions, serve } from '../serve.ts';
import { type DataSyncOptions, type LocalDataSync, startDataSync } from './datasync/start-data-sync.ts';
import { type LocalSlack, type LocalSlackOptions, startSlack } from './slack/local-slack.ts';

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
  const folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-'));
  const policyFile = join(folder, 'policy.yml');
  await writeFile(policyFile, options.policy);
  const slack = await startSlack(options.slack);
  const aws = await startDataSync(options.aws);
  const env = {
    ...slack.environment(mode),
    REDIS_URL: options.redisUrl,
    REDIS_KEY_PREFIX: `w${randomBytes(6).toString('hex')}`,
    POLICY_FILE: policyFile,
    AUDIT_KEYS: `local:${randomBytes(32).toString('hex')}`,
    PORT: '0',
    OPS_PORT: '0',
    OPS_HOST: '127.0.0.1',
    LOG_LEVEL: 'fatal',
    ...options.env,
  };
  pointSdkAt(aws);
  const bots: Running[] = [];
  return {
    ...{ slack, aws, env, policyFile, bots },
    async startBot() {
      // The local Slack takes messages as fast as they come.
      const bot = await serve(env, { postEveryMs: 20, ...options.serve });
      bots.push(bot);
      if (bot.port !== null) slack.connectBot({ requestUrl: `http://127.0.0.1:${bot.port}/slack/events` });
      return bot;
    },
    async stop() {
      await Promise.all(bots.map((bot) => bot.stop()));
      await slack.stop();
      await aws.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The SDK reads its endpoints and credentials from the process's environment, and from nowhere else. */
function pointSdkAt(aws: LocalDataSync): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DATASYNC: aws.url,
    AWS_ENDPOINT_URL_STS: aws.stsUrl,
    AWS_ACCESS_KEY_ID: 'AKIALOCAL',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
}
