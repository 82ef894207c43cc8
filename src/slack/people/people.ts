import type { WebClient } from '@slack/web-api';
import type { User } from '@slack/web-api/dist/types/response/UsersInfoResponse.js';
import { LRUCache } from 'lru-cache';
import type { Groups, Person } from '../../domain/policy/policy.ts';
import type { Log } from '../../logging/logger.ts';
import { PersonUnknown } from '../../workflow/faults.ts';
import type { Channels, Postable } from '../../workflow/ports/channels.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { People } from '../../workflow/ports/people.ts';
import { missingScope, type SlackClients, slackError } from '../connection/clients.ts';
import { createTtlCache } from './ttl-cache.ts';

/** For decisions. */
const FRESH_MS = 10_000;
/** For what only counts or names people, or hides something: a click is always judged afresh. */
const LATELY_MS = 5 * 60_000;
/** For what is only shown, and so read often: Slack allows 20 calls a minute for groups. */
const GROUPS_LATELY_MS = 60_000;
const MAX_PEOPLE = 5000;
/** Groups of earlier policies are counted too. */
const MAX_GROUPS = 1000;
/** Slack's errors about a group that last until somebody corrects the policy or the app. */
const UNREADABLE = new Set([
  'no_such_subteam',
  'missing_scope',
  'no_permission',
  'permission_denied',
  'not_allowed_token_type',
  'plan_upgrade_required',
  'paid_teams_only',
]);

export interface SlackPeople extends People, Channels {
  /** The groups that could not be read the last time, and won't be by waiting. */
  unreadable(): string[];
}

/** Asks Slack who somebody is, and where the bot may post. */
export function createPeople(
  { interactive: client, optional }: Pick<SlackClients, 'interactive' | 'optional'>,
  team: string,
  clock: Clock,
  log: Log,
): SlackPeople {
  const personOf = createTtlCache((user) => lookUpPerson(client, team, user), clock, FRESH_MS);
  const membersOf = createTtlCache((group) => lookUpGroup(client, group, log), clock, FRESH_MS);
  const lately = createTtlCache(personOf, clock, LATELY_MS, MAX_PEOPLE);
  const privacyOf = createTtlCache((channel) => lookUpPrivacy(client, channel), clock, LATELY_MS);
  const unreadable = new LRUCache<string, true>({ max: MAX_GROUPS });
  const membersLately = createTtlCache(
    (group) => (membersOf.has(group) ? membersOf(group) : lookUpGroup(optional, group, log)),
    clock,
    GROUPS_LATELY_MS,
  );

  async function groupBy(look: typeof membersOf, id: string) {
    try {
      const members = await look(id);
      if (members === 'unreadable') unreadable.set(id, true);
      else unreadable.delete(id);
      return members;
    } catch (err) {
      log.warn({ err, group: id }, 'Slack can not say who is in a group');
      return null;
    }
  }

  async function groupsBy(look: typeof membersOf, ids: readonly string[]): Promise<Groups> {
    const members = await Promise.all(ids.map(async (id) => [id, await groupBy(look, id)] as const));
    return new Map(members);
  }

  return {
    person: personOf,
    lately,
    remembers: lately.has,
    groups: (ids) => groupsBy(membersOf, ids),
    groupsLately: (ids) => groupsBy(membersLately, ids),
    postable: (channel) => lookUpChannel(client, channel, log),
    async isPrivate(channel) {
      try {
        return await privacyOf(channel);
      } catch (err) {
        log.info({ err, channel }, 'Slack can not say whether a channel is private, so it is taken for one');
        return true;
      }
    },
    unreadable: () => [...unreadable.rkeys()],
  };
}

async function lookUpPerson(client: WebClient, team: string, id: string): Promise<Person> {
  try {
    const { user } = await client.users.info({ user: id });
    if (!user) throw new Error('users.info answered without a user');
    const name = user.profile?.display_name || user.real_name || user.name || id;
    const kind = kindOf(user, team);
    const outside = kind === 'other-team' || kind === 'stranger';
    const enterprise = user.enterprise_user?.id ?? null;
    const zone = user.tz ? { zone: user.tz } : {};
    return { team: outside ? (user.team_id ?? team) : team, user: id, enterprise, name, kind, ...zone };
  } catch (cause) {
    if (slackError(cause) === 'user_not_found' || slackError(cause) === 'user_not_visible') {
      return { team, user: id, name: id, kind: 'stranger' };
    }
    throw new PersonUnknown(`Slack can't say who ${id} is`, { cause });
  }
}

/** Slack's own bot, which its API does not mark as one. */
const SLACKBOT = 'USLACKBOT';

/** In an Enterprise Grid a member's own team may be another workspace of the same organisation. */
function kindOf(user: User, team: string): Person['kind'] {
  if (user.deleted) return 'deactivated';
  if (user.is_bot || user.id === SLACKBOT) return 'bot';
  if (user.is_stranger) return 'stranger';
  if (user.team_id !== team && !user.enterprise_user?.teams?.includes(team)) return 'other-team';
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member';
}

async function lookUpGroup(client: WebClient, usergroup: string, log: Log): Promise<readonly string[] | 'unreadable'> {
  try {
    const { users } = await client.usergroups.users.list({ usergroup });
    return users ?? [];
  } catch (err) {
    if (!UNREADABLE.has(slackError(err) ?? '')) throw err;
    log.error({ err, group: usergroup, scope: missingScope(err) }, 'a group of the policy can not be read');
    return 'unreadable';
  }
}

async function lookUpChannel(client: WebClient, channel: string, log: Log): Promise<Postable> {
  if (channel.startsWith('D')) return 'direct';
  try {
    const { channel: found } = await client.conversations.info({ channel });
    if (found?.is_im || found?.is_mpim) return 'direct';
    if (found?.is_archived) return 'archived';
    if (!found?.is_member) return 'not-a-member';
    // Shared within the organization alone (`is_org_shared`) doesn't count: each person's own workspace is checked.
    const invited = (found as { pending_connected_team_ids?: string[] }).pending_connected_team_ids;
    const shared =
      found.is_ext_shared || found.is_pending_ext_shared || found.pending_shared?.length || invited?.length;
    return shared ? 'shared' : 'yes';
  } catch (err) {
    // A private channel that the bot is not in looks like none at all.
    if (slackError(err) === 'channel_not_found') return 'not-found';
    const scope = missingScope(err);
    // The bot has no scope to read direct messages, of two people or more.
    if (scope && /^(?:im|mpim):/.test(scope)) return 'direct';
    log.warn({ err, channel, scope }, 'Slack can not say whether the bot may post');
    return scope ? { missingScope: scope } : 'unknown';
  }
}

/** A channel that the bot can't see is a private one that it is not in. @throws if Slack can't say */
async function lookUpPrivacy(client: WebClient, channel: string): Promise<boolean> {
  try {
    const { channel: found } = await client.conversations.info({ channel });
    return found?.is_private !== false || Boolean(found.is_group || found.is_im || found.is_mpim);
  } catch (err) {
    if (slackError(err) === 'channel_not_found') return true;
    throw err;
  }
}
