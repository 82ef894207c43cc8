import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { createBoundedMap } from '../bounded-map.ts';
import { AwsFault, type AwsFaultKind } from '../workflow/faults.ts';
import type { Access, Clock } from '../workflow/ports.ts';
import { toAwsFault } from './aws-fault.ts';
import { requestHandler, type Way, within } from './time-limits.ts';

/** Keys to sign with, as the SDK takes them. */
export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

export type ChangeSession = Extract<Access['session'], { kind: 'change' }>;

/** @throws AwsFault: `denied` by the role's trust, `credentials` where the bot itself has none */
export interface Credentials {
  /** Of a role's read session, shared until 5 minutes before its end; without a role the bot's own. */
  read(role: string | null, region: string): Promise<Keys>;
  /** Of a session for this one request, which CloudTrail shows under the asker's name; without a role the bot's own. */
  change(role: string | null, region: string, session: ChangeSession, executionArn: string): Promise<Keys>;
  /** The account that a role is of; without a role that of the bot's own credentials, which AWS tells whoever asks. */
  account(role: string | null, region: string): Promise<string>;
  close(): void;
}

/** One a Region; a Region comes from an ARN, and anybody may type one. The one used longest ago is closed. */
const MOST_STS_CLIENTS = 100;
/** Faults on the way to credentials that say more than that there are none. */
const OWN_WORDS: ReadonlySet<AwsFaultKind> = new Set(['unresolved', 'proxy', 'clock', 'region', 'not-aws']);
const RENEW_READ_BEFORE_END_MS = 5 * 60_000;
const RENEW_CHANGE_BEFORE_END_MS = 60_000;
const READ_SESSION = 'datasync-throttle-read';
/** AWS's shortest. */
const CHANGE_SESSION_SECONDS = 900;

export function createCredentials(clock: Clock, way: Way): Credentials {
  const { limits } = way;
  const stsClients = createBoundedMap<string, STSClient>(MOST_STS_CLIENTS, (client) => client.destroy());
  const sessions = new Map<string, { keys: Promise<Keys>; goodUntil: number }>();

  const sts = (region: string): STSClient => {
    const existing = stsClients.get(region);
    if (existing) return existing;
    const client = new STSClient({ region, requestHandler: requestHandler(way), maxAttempts: 3 });
    stsClients.set(region, client);
    return client;
  };

  const assume = async (input: AssumeRoleCommandInput & { RoleArn: string }, region: string): Promise<Keys> => {
    const call = { operation: 'sts:AssumeRole', role: input.RoleArn };
    try {
      const { Credentials: given } = await within(limits.credentials, (abortSignal) =>
        sts(region).send(new AssumeRoleCommand(input), { abortSignal }),
      );
      if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) {
        // A page that reads as XML, say.
        throw new AwsFault('not-aws', { ...call, cause: new Error('AssumeRole answered without credentials') });
      }
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given;
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration,
      };
    } catch (error) {
      throw toAwsFault(error, call);
    }
  };

  /** The client keeps them and renews them in time. */
  const own = async (region: string): Promise<Keys> => {
    try {
      return await within(limits.credentials, () => sts(region).config.credentials());
    } catch (error) {
      const call = { operation: 'sts:GetCallerIdentity', role: null };
      const { kind, said } = toAwsFault(error, call);
      // Wherever they were looked for, there were none; but what kept from looking has words of its own.
      const why = OWN_WORDS.has(kind) ? kind : 'credentials';
      throw new AwsFault(why, { ...call, said, cause: error });
    }
  };

  const ownAccount = async (region: string): Promise<string> => {
    const call = { operation: 'sts:GetCallerIdentity', role: null };
    await own(region);
    try {
      const { Account } = await within(limits.credentials, (abortSignal) =>
        sts(region).send(new GetCallerIdentityCommand({}), { abortSignal }),
      );
      if (Account) return Account;
      throw new AwsFault('not-aws', { ...call, cause: new Error('GetCallerIdentity answered without an account') });
    } catch (error) {
      throw toAwsFault(error, call);
    }
  };

  /** Whoever comes while a session is good, or is being got, shares it. */
  const shared = (
    key: string,
    renewBeforeMs: number,
    input: AssumeRoleCommandInput & { RoleArn: string },
    region: string,
  ) => {
    const now = clock.now().getTime();
    for (const [other, { goodUntil }] of sessions) if (goodUntil <= now) sessions.delete(other);
    const existing = sessions.get(key);
    if (existing) return existing.keys;
    const keys = assume(input, region);
    // Nobody knows its end before it is there.
    const session = { keys, goodUntil: Number.POSITIVE_INFINITY };
    sessions.set(key, session);
    keys.then(
      ({ expiration }) => {
        session.goodUntil = (expiration?.getTime() ?? 0) - renewBeforeMs;
      },
      () => {
        if (sessions.get(key) === session) sessions.delete(key);
      },
    );
    return keys;
  };

  return {
    read: (role, region) => {
      if (role === null) return own(region);
      return shared(role, RENEW_READ_BEFORE_END_MS, { RoleArn: role, RoleSessionName: READ_SESSION }, region);
    },
    change: (role, region, session, executionArn) => {
      if (role === null) return own(region);
      const input = {
        RoleArn: role,
        RoleSessionName: sessionWord(session.request),
        SourceIdentity: sessionWord(`slack-${session.team}-${session.user}`),
        DurationSeconds: CHANGE_SESSION_SECONDS,
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['datasync:UpdateTaskExecution', 'datasync:DescribeTaskExecution'],
              Resource: executionArn,
            },
          ],
        }),
      };
      return shared(
        `${role} ${session.request} ${session.team} ${session.user} ${executionArn}`,
        RENEW_CHANGE_BEFORE_END_MS,
        input,
        region,
      );
    },
    account: async (role, region) => (role === null ? ownAccount(region) : (role.split(':')[4] ?? '')),
    close: () => {
      for (const client of stsClients.values()) client.destroy();
      stsClients.clear();
      sessions.clear();
    },
  };
}

/** RoleSessionName and SourceIdentity are 2 to 64 of [\w+=,.@-] (AWS STS API, AssumeRole). */
function sessionWord(text: string): string {
  return text
    .replace(/[^A-Za-z0-9_+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
}
