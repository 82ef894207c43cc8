import { randomBytes } from 'node:crypto';
import { AwsRefusal } from './refusal.ts';

/** Who made a call: the keys it was signed with, and the role session that these keys were handed out for. */
export interface CallIdentity {
  accessKey: string;
  /** null for keys that the local STS did not hand out: the bot's own. */
  session: { role: string; name: string; sourceIdentity: string | null } | null;
}

export interface Caller extends CallIdentity {
  /** As IAM names it in a refusal. */
  arn: string;
  /** null where the bot's own keys may stand for any account. */
  account: string | null;
  region: string;
  /** Whether the session's own policy lets it do this. */
  mayDo(action: string, resource: string): boolean;
}

interface Session {
  role: string;
  name: string;
  sourceIdentity: string | null;
  secretKey: string;
  token: string;
  expiresAt: number;
  policy: Statement[] | null;
}

interface Statement {
  actions: string[];
  resources: string[];
}

export interface Sessions {
  /** Who signed this request. Throws an AwsRefusal as AWS does for missing, unknown and expired keys. */
  callerOf(headers: { authorization?: string | undefined; token: string | null }): Caller;
  /** The answer of AssumeRole. Throws an AwsRefusal. */
  assume(input: URLSearchParams, caller: Caller): AssumedRole;
  denyRole(role: string): void;
  allowRole(role: string): void;
}

export interface AssumedRole {
  accessKey: string;
  secretKey: string;
  token: string;
  expiresAt: Date;
  arn: string;
  id: string;
  sourceIdentity: string | null;
}

const ROLE = /^arn:aws[a-z-]*:iam::(\d{12}):role\/[\w+=,.@/-]{1,512}$/;
const NAME = /^[\w+=,.@-]{2,64}$/;

/** The local STS's memory of who holds which keys. `ownAccount`: the account of the bot's own keys; null: any. */
export function createSessions(now: () => number, ownAccount: string | null): Sessions {
  const sessions = new Map<string, Session>();
  const denied = new Set<string>();
  return {
    denyRole: (role) => void denied.add(role),
    allowRole: (role) => void denied.delete(role),
    callerOf: ({ authorization, token }) => {
      const scope = /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/\d{8}\/([a-z0-9-]+)\/[a-z]+\/aws4_request,/.exec(
        authorization ?? '',
      );
      const [, accessKey, region] = scope ?? [];
      if (!accessKey || !region) {
        throw new AwsRefusal('MissingAuthenticationTokenException', 403, 'Missing Authentication Token');
      }
      const session = sessions.get(accessKey);
      if (!session) {
        const account = ownAccount ?? '000000000000';
        return {
          accessKey,
          region,
          session: null,
          arn: `arn:aws:iam::${account}:user/datasync-throttle`,
          account: ownAccount,
          mayDo: () => true,
        };
      }
      if (token !== session.token) {
        throw new AwsRefusal('UnrecognizedClientException', 400, 'The security token in the request is invalid.');
      }
      if (now() >= session.expiresAt) {
        throw new AwsRefusal('ExpiredTokenException', 400, 'The security token included in the request is expired');
      }
      const { role, name, sourceIdentity } = session;
      return {
        accessKey,
        region,
        session: { role, name, sourceIdentity },
        arn: sessionArn(role, name),
        account: ROLE.exec(role)?.[1] ?? null,
        mayDo: (action, resource) =>
          session.policy === null ||
          session.policy.some(
            ({ actions, resources }) =>
              actions.some((pattern) => matches(pattern, action)) &&
              resources.some((pattern) => matches(pattern, resource)),
          ),
      };
    },
    assume: (input, caller) => {
      const role = input.get('RoleArn') ?? '';
      const name = input.get('RoleSessionName') ?? '';
      const sourceIdentity = input.get('SourceIdentity');
      const seconds = Number(input.get('DurationSeconds') ?? '3600');
      if (!ROLE.test(role)) throw invalid(`${role} is invalid`);
      if (!NAME.test(name)) throw invalid(`Value '${name}' at 'roleSessionName' failed to satisfy constraint`);
      if (sourceIdentity !== null && !NAME.test(sourceIdentity)) {
        throw invalid(`Value '${sourceIdentity}' at 'sourceIdentity' failed to satisfy constraint`);
      }
      const longest = caller.session ? 3_600 : 43_200;
      if (!(seconds >= 900 && seconds <= longest)) throw invalid(`Value '${seconds}' at 'durationSeconds' is refused`);
      const other = caller.session?.sourceIdentity;
      if (denied.has(role) || (other && sourceIdentity !== null && other !== sourceIdentity)) {
        const message = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${role}`;
        throw new AwsRefusal('AccessDenied', 403, message);
      }
      const accessKey = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
      const session: Session = {
        role,
        name,
        sourceIdentity: sourceIdentity ?? other ?? null,
        secretKey: randomBytes(30).toString('base64'),
        token: randomBytes(90).toString('base64'),
        expiresAt: now() + seconds * 1000,
        policy: input.has('Policy') ? statementsOf(input.get('Policy') ?? '') : null,
      };
      sessions.set(accessKey, session);
      const { secretKey, token } = session;
      const id = `AROA${randomBytes(8).toString('hex').toUpperCase()}:${name}`;
      return {
        accessKey,
        secretKey,
        token,
        expiresAt: new Date(session.expiresAt),
        arn: sessionArn(role, name),
        id,
        sourceIdentity: session.sourceIdentity,
      };
    },
  };
}

function sessionArn(role: string, name: string): string {
  const short = role.split('/').at(-1);
  return `${role.replace(':iam:', ':sts:').replace(/:role\/.*/, '')}:assumed-role/${short}/${name}`;
}

function invalid(message: string): AwsRefusal {
  return new AwsRefusal('ValidationError', 400, `1 validation error detected: ${message}`);
}

/** Allow statements only: it is all that a session policy of this bot says. */
function statementsOf(text: string): Statement[] {
  const malformed = new AwsRefusal('MalformedPolicyDocument', 400, 'Syntax errors in policy.');
  if (text.length > 2_048) throw new AwsRefusal('PackedPolicyTooLarge', 400, 'The policy is too large.');
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw malformed;
  }
  const list = (value: unknown) => (Array.isArray(value) ? value : [value]).map(String);
  if (!isRecord(policy) || policy.Version !== '2012-10-17' || !Array.isArray(policy.Statement)) throw malformed;
  return policy.Statement.map((statement: unknown) => {
    if (!isRecord(statement) || statement.Effect !== 'Allow') throw malformed;
    return { actions: list(statement.Action), resources: list(statement.Resource) };
  });
}

function matches(pattern: string, text: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`).test(text);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
