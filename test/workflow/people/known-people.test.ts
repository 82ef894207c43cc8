import { describe, expect, it } from 'vitest';
import type { Person } from '../../../src/domain/policy/policy.ts';
import { PersonUnknown } from '../../../src/workflow/faults.ts';
import { lookUpApprovers, nameable } from '../../../src/workflow/people/known-people.ts';
import { person, rule } from '../../domain/given.ts';

/** Slack's directory, and who was looked up in it. Of whom is not in it, Slack can't say who they are. */
function directory(people: readonly Person[]) {
  const looked: string[] = [];
  const lately = async (user: string) => {
    looked.push(user);
    const found = people.find((one) => one.user === user);
    if (!found) throw new PersonUnknown(user);
    return found;
  };
  return { lately, looked, remembers: (user: string) => looked.includes(user) };
}

const named = (kind: Person['kind'], count: number) =>
  Array.from({ length: count }, (_, nth) => person(`U0${kind.toUpperCase()}${nth}`, kind));
const ids = (people: readonly Person[]) => people.map(({ user }) => user);
const asks = { user: 'U0OPER' };

describe('the approvers that are looked up', () => {
  const of = rule({ approvers: { users: [], groups: ['S0LEADS'] } });
  const lookUp = (slack: ReturnType<typeof directory>, members: readonly string[], enough: number) =>
    lookUpApprovers(slack, of, asks, { groups: new Map([['S0LEADS', members]]), enough });

  it('are no more than are enough, of a group of hundreds', async () => {
    const members = named('member', 400);
    const slack = directory(members);
    await lookUp(slack, ids(members), 2);
    expect(slack.looked.length).toBeLessThanOrEqual(5);
    await lookUp(slack, ids(members), 0);
    expect(slack.looked.length).toBeLessThanOrEqual(5);
  });

  it('go on past those who could not approve', async () => {
    const people = [...named('guest', 20), ...named('member', 3)];
    const known = await lookUp(directory(people), ids(people), 2);
    expect([...known.values()].filter(({ kind }) => kind === 'member').length).toBeGreaterThanOrEqual(2);
  });

  it('are never so many that Slack would refuse the look-ups of others', async () => {
    const people = [...named('guest', 100), ...named('member', 3)];
    const slack = directory(people);
    const first = await lookUp(slack, ids(people), 1);
    expect(new Set(slack.looked).size).toBe(60);
    expect([...first.values()].every(({ kind }) => kind === 'guest')).toBe(true);
    // Asked again, it gets further: the first ones are remembered.
    const again = await lookUp(slack, ids(people), 1);
    expect([...again.values()].some(({ kind }) => kind === 'member')).toBe(true);
    expect(new Set(slack.looked).size).toBeLessThanOrEqual(120);
  });
});

describe('the people that may be named', () => {
  const twice = (user: string) => ({ ...person(user), enterprise: 'W0LENA' });
  const people = [twice('U0LEAD'), twice('U0LENAB'), person('U0GUEST', 'guest'), person('U0SECOND')];

  it('are full members, each once, and people Slack does not answer for; groups stay', async () => {
    const principals = { users: ['U0GUEST', 'U0LEAD', 'U0LENAB', 'U0SECOND', 'U0LOST'], groups: ['S0LEADS'] };
    expect(await nameable(directory(people), principals)).toEqual({
      users: ['U0LEAD', 'U0SECOND', 'U0LOST'],
      groups: ['S0LEADS'],
    });
  });

  it('leave somebody out under all their ids', async () => {
    const principals = { users: ['U0LENAB', 'U0SECOND'], groups: [] };
    expect((await nameable(directory(people), principals, { user: 'U0LEAD' })).users).toEqual(['U0SECOND']);
  });
});
