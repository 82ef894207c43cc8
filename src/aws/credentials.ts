import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { LRUCache } from 'lru-cache';
import { AwsFault, type AwsFaultKind } from '../workflow/faults.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { Access } from '../workflow/ports/executions.ts';
import { toAwsFault } from './aws-fault.ts';
import { requestHandler, type Way, within } from './time-limits.ts';

/** Keys to sign with, as the SDK takes them. */
export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

type RoleInput = AssumeRoleCommandInput & { RoleArn: string };

/** How a session is got that is not there yet. */
interface NewSession {
  input: RoleInput;
  region: string;
  renewBeforeMs: number;
}

export type ChangeSession = Extract<Access['session'], { kind: 'change' }>;

/** @throws AwsFault: `denied` by the role's trust, `credentials` where the bot itself has none */
export interface Credentials {
  /** Keys of a role's read session, which all share until 5 minutes before its end; without a role the bot's own. */
  read(role: string | null, region: string): Promise<Keys>;
  /**
   * Keys of a session for one request, which CloudTrail shows under the requester's name, or for one link; without a role the bot's
   * own.
   */
  change(role: string | null, region: string, session: ChangeSession, executionArn: string): Promise<Keys>;
  /** The account of a role; without a role that of the bot's own credentials. */
  account(role: string | null, region: string): Promise<string>;
  close(): void;
}

/** One for each Region, which comes from an ARN that anybody may type. Beyond this many, the one used longest ago is closed. */
const MAX_STS_CLIENTS = 100;
/** Sessions to read with, one for each role, and those of the changes of the last 15 minutes. */
const MAX_SESSIONS = 1000;
/** Faults on the way to credentials that say more than that there are none. */
const TELLING_FAULTS: ReadonlySet<AwsFaultKind> = new Set(['unresolved', 'proxy', 'clock', 'region', 'not-aws']);
/** Before its end a session is replaced by a new one. */
const RENEW_READ_BEFORE_END_MS = 5 * 60_000;
const RENEW_CHANGE_BEFORE_END_MS = 60_000;
const READ_SESSION = 'datasync-throttle-read';
/** The shortest that AWS allows. */
const CHANGE_SESSION_SECONDS = 900;

export function createCredentials(clock: Clock, way: Way): Credentials {
  const { limits } = way;
  const stsClients = new LRUCache<string, STSClient>({ max: MAX_STS_CLIENTS, dispose: (client) => client.destroy() });
  const sessions = new LRUCache<string, Keys, NewSession>({
    max: MAX_SESSIONS,
    perf: { now: () => clock.now().getTime() },
    ttlResolution: 0,
    ignoreFetchAbort: true,
    fetchMethod: async (_, __, { context, options }) => {
      const keys = await assume(context.input, context.region);
      const livesMs = (keys.expiration?.getTime() ?? 0) - clock.now().getTime();
      // 0 would mean no end.
      options.ttl = Math.max(1, livesMs - context.renewBeforeMs);
      return keys;
    },
  });

  const sts = (region: string): STSClient => {
    const existing = stsClients.get(region);
    if (existing) return existing;
    const client = new STSClient({ region, requestHandler: requestHandler(way), maxAttempts: 3 });
    stsClients.set(region, client);
    return client;
  };

  const assume = async (input: RoleInput, region: string): Promise<Keys> => {
    const call = { operation: 'sts:AssumeRole', role: input.RoleArn };
    try {
      const { Credentials: given } = await within(limits.credentials, (abortSignal) =>
        sts(region).send(new AssumeRoleCommand(input), { abortSignal }),
      );
      if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) {
        // For instance a page that parses as XML.
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

  /** The SDK's client caches them and renews them in time. */
  const own = async (region: string): Promise<Keys> => {
    try {
      return await within(limits.credentials, () => sts(region).config.credentials());
    } catch (error) {
      const call = { operation: 'sts:GetCallerIdentity', role: null };
      const { kind, said } = toAwsFault(error, call);
      // Usually there are none, wherever the SDK looked; but a fault that kept it from looking says more.
      const why = TELLING_FAULTS.has(kind) ? kind : 'credentials';
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

  return {
    read: (role, region) => {
      if (role === null) return own(region);
      const input = { RoleArn: role, RoleSessionName: READ_SESSION };
      return sessions.forceFetch(role, { context: { input, region, renewBeforeMs: RENEW_READ_BEFORE_END_MS } });
    },
    change: (role, region, session, executionArn) => {
      if (role === null) return own(region);
      const input = {
        RoleArn: role,
        ...namesOf(session),
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
      return sessions.forceFetch(sessionKeyOf(role, session, executionArn), {
        context: { input, region, renewBeforeMs: RENEW_CHANGE_BEFORE_END_MS },
      });
    },
    account: async (role, region) => (role === null ? ownAccount(region) : (role.split(':')[4] ?? '')),
    close: () => {
      stsClients.clear();
      sessions.clear();
    },
  };
}

/** What tells a session for a change apart from all others. */
export function sessionKeyOf(role: string, session: ChangeSession, executionArn: string): string {
  const { RoleSessionName, SourceIdentity } = namesOf(session);
  return `${role} ${RoleSessionName} ${SourceIdentity} ${executionArn}`;
}

/** What CloudTrail shows of a change: the request and its requester, or the link. */
function namesOf(session: ChangeSession) {
  if ('link' in session) {
    const name = sessionWord(`link-${session.link}`);
    return { RoleSessionName: name, SourceIdentity: name };
  }
  const { request, team, user } = session;
  return { RoleSessionName: sessionWord(request), SourceIdentity: sessionWord(`slack-${team}-${user}`) };
}

/** RoleSessionName and SourceIdentity are 2 to 64 of [\w+=,.@-] (AWS STS API, AssumeRole). */
function sessionWord(text: string): string {
  return text
    .replace(/[^A-Za-z0-9_+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
}
