import { type ConfigFault, describeConfigFaults } from '../../src/config/config-fault.ts';
import { type Config, readConfig } from '../../src/config/read-config.ts';

/** As long as Slack's are. */
export const SECRET = 'secretsigning0123456789abcdef012';
export const HEX = 'ab'.repeat(32);
export const good = {
  SLACK_BOT_TOKEN: 'xoxb-1-secretbot',
  SLACK_SIGNING_SECRET: SECRET,
  REDIS_URL: 'redis://:secretredis@127.0.0.1:6379/2',
  AUDIT_KEYS: `k1:${HEX}`,
};

/** The configuration with some variables changed; it must be valid. */
export function read(changes: Record<string, string | undefined> = {}): Config {
  const result = readConfig({ ...good, ...changes });
  if (!result.ok) throw new Error(describeConfigFaults(result.problem));
  return result.value;
}

/** The faults of a configuration with some variables changed. */
export function faults(
  changes: Record<string, string | undefined>,
  base: Record<string, string | undefined> = good,
): ConfigFault[] {
  const result = readConfig({ ...base, ...changes });
  return result.ok ? [] : result.problem;
}

/** The faults where one variable is changed, each as a line. */
export const problem = (name: string, value: string) =>
  faults({ [name]: value }).map((fault) => `${fault.name} ${fault.problem}`);
