import { randomBytes } from 'node:crypto';

/** A person as the workspace starts with them. `teamId` absent = this workspace. */
export interface SeedUser {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly guest?: 'restricted' | 'ultra_restricted' | undefined;
  readonly stranger?: boolean;
  readonly deleted?: boolean;
  readonly teamId?: string;
  /** Their id in the organization (Enterprise Grid): people with the same one are one person under two ids. */
  readonly enterpriseId?: string;
  /** A bot of another app. */
  readonly bot?: boolean;
  readonly tz?: string;
}

interface SeedChannel {
  readonly id: string;
  readonly name: string;
  readonly private?: boolean;
  readonly archived?: boolean;
  /** With another organization (Slack Connect), or about to be; or with other workspaces of this one. */
  readonly shared?: 'external' | 'pending' | 'organization';
  readonly members: readonly string[];
}

interface SeedGroup {
  readonly id: string;
  readonly handle: string;
  readonly users: readonly string[];
}

/** The installed app: its ids, the scopes that were granted and the slash commands that it has. */
interface SeedApp {
  readonly appId: string;
  readonly botId: string;
  readonly botUserId: string;
  readonly scopes: readonly string[];
  readonly commands: readonly string[];
}

/** Made anew for each workspace that is started: nobody who has read this file can send the bot anything. */
interface AppSecrets {
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
}

export function newSecrets(): AppSecrets {
  const [botToken, appToken, signingSecret] = [1, 2, 3].map(() => randomBytes(16).toString('hex'));
  return { botToken: `xoxb-local-${botToken}`, appToken: `xapp-local-${appToken}`, signingSecret: `${signingSecret}` };
}

export interface SlackSeed {
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  readonly users: readonly SeedUser[];
  readonly channels: readonly SeedChannel[];
  readonly groups: readonly SeedGroup[];
  readonly app: SeedApp;
}

/** A workspace as it runs: with its secrets. */
export interface RunningSeed extends SlackSeed {
  readonly app: RunningApp;
}

export type RunningApp = SeedApp & AppSecrets;

const bot = 'U0BOT';
const staff = ['U0OPER', 'U0OPER2', 'U0LEAD', 'U0LEAD2', 'U0AUDIT'];
const everybody = [...staff, 'U0GUEST', 'U0STRANGE', 'U0GONE'];

/**
 * The people of the small workspace, all in one time zone: whoever tries them by hand reads one clock, and means it when they
 * type `until 18:00`.
 */
export function usersIn(zone: string): readonly SeedUser[] {
  return defaultSeed.users.map((user) => ({ ...user, tz: zone }));
}

/** A small workspace with one person of every kind and one channel of every kind. */
export const defaultSeed: SlackSeed = {
  team: { id: 'T0DEMO', name: 'Demo', domain: 'demo' },
  users: [
    { id: 'U0OPER', name: 'olga', realName: 'Olga Operator', tz: 'Europe/Berlin' },
    { id: 'U0OPER2', name: 'omar', realName: 'Omar Operator', tz: 'America/New_York' },
    { id: 'U0LEAD', name: 'lena', realName: 'Lena Lead', tz: 'Europe/London' },
    { id: 'U0LEAD2', name: 'luis', realName: 'Luis Lead', tz: 'Europe/Madrid' },
    { id: 'U0AUDIT', name: 'ada', realName: 'Ada Auditor' },
    { id: 'U0GUEST', name: 'gus', realName: 'Gus Guest', guest: 'ultra_restricted' },
    { id: 'U0STRANGE', name: 'stella', realName: 'Stella Stranger', stranger: true, teamId: 'T0OTHER' },
    { id: 'U0GONE', name: 'gerd', realName: 'Gerd Gone', deleted: true },
  ],
  channels: [
    { id: 'C0OPS', name: 'ops-transfers', members: [...everybody, bot] },
    { id: 'C0OTHER', name: 'other', members: everybody },
    { id: 'G0SECRET', name: 'secret', private: true, members: staff },
    { id: 'C0OLD', name: 'old-ops', archived: true, members: [...staff, bot] },
  ],
  groups: [
    { id: 'S0LEADS', handle: 'leads', users: ['U0LEAD', 'U0LEAD2'] },
    { id: 'S0OPS', handle: 'operators', users: ['U0OPER', 'U0OPER2'] },
  ],
  app: {
    appId: 'A0DST',
    botId: 'B0DST',
    botUserId: bot,
    scopes: [
      'commands',
      'chat:write',
      'channels:read',
      'groups:read',
      'channels:history',
      'groups:history',
      'im:write',
      'users:read',
      'usergroups:read',
      'files:write',
    ],
    commands: ['/datasync-throttle'],
  },
};
