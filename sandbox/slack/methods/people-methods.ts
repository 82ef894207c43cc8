import { type JsonObject, text } from '../json.ts';
import type { SeedUser } from '../seed.ts';
import { no, yes } from './answer.ts';
import type { Methods, Office } from './method.ts';

function described({ workspace }: Office, user: SeedUser): JsonObject {
  const named = {
    id: user.id,
    team_id: user.teamId ?? workspace.team.id,
    name: user.name,
    deleted: user.deleted ?? false,
    updated: 1_700_000_000,
    is_bot: user.bot ?? false,
    is_app_user: false,
    profile: {
      real_name: user.realName,
      real_name_normalized: user.realName,
      display_name: user.name,
      display_name_normalized: user.name,
      team: user.teamId ?? workspace.team.id,
    },
  };
  // Of somebody who has left, Slack tells no more than this.
  if (user.deleted === true) return named;
  return {
    ...named,
    real_name: user.realName,
    color: '9f69e7',
    tz: user.tz ?? 'Etc/UTC',
    tz_label: user.tz ?? 'Coordinated Universal Time',
    tz_offset: 0,
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: user.guest !== undefined,
    is_ultra_restricted: user.guest === 'ultra_restricted',
    ...(user.stranger === undefined ? {} : { is_stranger: user.stranger }),
    is_email_confirmed: true,
    ...(user.enterpriseId === undefined
      ? {}
      : { enterprise_user: enterpriseUser(workspace.team.id, user.enterpriseId) }),
  };
}

function enterpriseUser(team: string, id: string): JsonObject {
  const roles = { is_admin: false, is_owner: false, is_primary_owner: false };
  return { id, enterprise_id: 'E0DEMO', enterprise_name: 'Demo', ...roles, teams: [team] };
}

function describedBot({ workspace }: Office): JsonObject {
  const { app, team } = workspace;
  return {
    id: app.botUserId,
    team_id: team.id,
    name: 'datasync-throttle',
    deleted: false,
    real_name: 'DataSync Throttle',
    tz: 'Etc/UTC',
    is_restricted: false,
    is_ultra_restricted: false,
    is_bot: true,
    is_app_user: false,
    profile: { real_name: 'DataSync Throttle', api_app_id: app.appId, bot_id: app.botId, team: team.id },
  };
}

/** Who there is. Ours but for auth.test: emulate has no guests, strangers and people who left, and no groups. */
export function peopleMethods(office: Office): Methods {
  const { workspace } = office;
  return {
    'auth.test': {
      run: async () => {
        const { app_id: _app, app_name: _name, ok: _ok, ...self } = await office.emulated.call('auth.test', {});
        return yes({ ...self, is_enterprise_install: false });
      },
    },
    'bots.info': {
      scopes: () => ['users:read'],
      run: (args) => {
        const { app } = workspace;
        if (args.bot !== app.botId) return no('bot_not_found');
        const bot = { id: app.botId, deleted: false, name: 'DataSync Throttle', updated: 1_700_000_000 };
        return yes({ bot: { ...bot, app_id: app.appId, user_id: app.botUserId, icons: {} } });
      },
    },
    'users.info': {
      scopes: () => ['users:read'],
      run: (args) => {
        if (args.user === workspace.app.botUserId) return yes({ user: describedBot(office) });
        const user = workspace.users.get(text(args.user));
        return user === undefined ? no('user_not_found') : yes({ user: described(office, user) });
      },
    },
    'usergroups.users.list': {
      scopes: () => ['usergroups:read'],
      run: (args) => {
        const group = workspace.groups.get(text(args.usergroup));
        return group === undefined ? no('no_such_subteam') : yes({ users: group.users });
      },
    },
    'usergroups.list': {
      scopes: () => ['usergroups:read'],
      run: (args) => {
        const withUsers = args.include_users === true || args.include_users === 'true';
        const usergroups = [...workspace.groups.values()].map((group) => ({
          id: group.id,
          team_id: workspace.team.id,
          is_usergroup: true,
          is_subteam: true,
          name: group.handle,
          handle: group.handle,
          description: '',
          is_external: false,
          date_create: 1_700_000_000,
          date_update: 1_700_000_000,
          date_delete: 0,
          auto_type: null,
          prefs: { channels: [], groups: [] },
          user_count: group.users.length,
          ...(withUsers ? { users: group.users } : {}),
        }));
        return yes({ usergroups });
      },
    },
  };
}
