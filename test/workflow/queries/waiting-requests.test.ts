import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../../../src/domain/policy/policy.ts';
import { waitingRequests } from '../../../src/workflow/queries/waiting-requests.ts';
import { CHANNEL, GROUPS, LEAD, NOBODY, OPERATOR, PEOPLE, policy, rule } from '../../domain/given.ts';
import { asked, type OpenedLedger, openLedger } from '../../store/given-ledger.ts';
import { sourceOf } from '../outside.ts';

const OPEN = 230;
let opened: OpenedLedger;
const looked: string[] = [];
const groupsRead: string[] = [];
let { approvers } = rule();
const person = async (user: string) => PEOPLE.get(user) ?? NOBODY;
const deps = () => ({
  ledger: opened.ledger,
  people: {
    person,
    lately: person,
    remembers: () => false,
    groups: async () => GROUPS,
    groupsLately: async (ids: readonly string[]) => {
      groupsRead.push(...ids);
      return GROUPS;
    },
  },
  channels: {
    postable: async () => 'yes' as const,
    async isPrivate(channel: string) {
      looked.push(channel);
      return true;
    },
  },
  policy: sourceOf(() => ({
    ...policy(rule({ approvers })),
    policy: { ...policy(rule({ approvers })).policy, audit: { readers: { users: [], groups: [] } } },
  })),
});

beforeAll(async () => {
  opened = await openLedger();
  await Promise.all(Array.from({ length: OPEN }, (_, nth) => asked(opened.ledger, nth + 1)));
});
afterAll(() => opened.close());

describe('open requests as one person sees them', () => {
  it('are all counted, however many there are', async () => {
    const forLead = await waitingRequests(deps(), LEAD, 15);
    expect([forLead.total, forLead.toDecide.length, forLead.asked.length]).toEqual([OPEN, OPEN, 0]);
    expect(forLead.others).toEqual([]);
    const forOlga = await waitingRequests(deps(), OPERATOR, 15);
    expect([forOlga.total, forOlga.toDecide.length, forOlga.asked.length]).toEqual([OPEN, 0, OPEN]);
    expect(forOlga.others).toHaveLength(15);
  });

  it('need no user group where a person has requested or approved all of them, or is named', async () => {
    const { groups } = rule().approvers;
    expect(groups).not.toEqual([]);
    const readFor = async (who: Person) => {
      groupsRead.length = 0;
      await waitingRequests(deps(), who, 0);
      return groupsRead;
    };
    expect(await readFor(LEAD)).toEqual(groups);
    expect(await readFor(OPERATOR)).toEqual([]);
    approvers = { users: [LEAD.user], groups };
    expect(await readFor(LEAD)).toEqual([]);
    expect(await readFor(NOBODY)).toEqual(groups);
    approvers = rule().approvers;
  });

  it('of others are as many as there is room for, without what is private', async () => {
    looked.length = 0;
    const { others, asked: own, total } = await waitingRequests(deps(), NOBODY, 15);
    expect([others.length, own.length, total]).toEqual([15, 0, OPEN]);
    expect(others.every(({ request }) => request.channel === '' && request.reason === null)).toBe(true);
    expect(looked).toEqual([CHANNEL]);
  });
});
