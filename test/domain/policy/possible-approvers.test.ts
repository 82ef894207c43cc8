import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Groups, type Person, personKey } from '../../../src/domain/policy/policy.ts';
import { approverIds, possibleApprovers } from '../../../src/domain/policy/possible-approvers.ts';
import { person, rule } from '../given.ts';

const of = rule({ approvers: { users: ['U0LEAD'], groups: ['S0LEADS'] } });
const groups: Groups = new Map([['S0LEADS', ['U0LEAD', 'U0LEAD2', 'U0OPER']]]);
const people = new Map(['U0LEAD', 'U0LEAD2', 'U0OPER'].map((user) => [user, person(user)]));
const usersOf = (of: ReturnType<typeof possibleApprovers>) => of.people.map(({ user }) => user);

describe('possibleApprovers', () => {
  it('counts each once and takes the requester out', () => {
    const found = possibleApprovers(of, { user: 'U0OPER' }, groups, people);
    expect(usersOf(found)).toEqual(['U0LEAD', 'U0LEAD2']);
    expect(found).toMatchObject({ unknownGroups: false, unknownPeople: false });
  });

  it('says when there may be more than Slack could tell', () => {
    const silent: Groups = new Map([['S0LEADS', null]]);
    expect(possibleApprovers(of, { user: 'U0OPER' }, silent, people)).toMatchObject({ unknownGroups: true });
    expect(possibleApprovers(of, { user: 'U0OPER' }, groups, new Map())).toMatchObject({
      ...{ people: [], unknownGroups: false, unknownPeople: true },
    });
  });

  it('has full members alone, each person once whatever ids they have, and the requester under none', () => {
    const id = fc.constantFrom('U1', 'U2', 'U3', 'U4', 'W1', 'W2');
    const kind = fc.constantFrom<Person['kind']>('member', 'guest', 'bot', 'deactivated');
    const known = fc.dictionary(id, fc.record({ kind, enterprise: fc.constantFrom(null, 'W1', 'W2') }));
    fc.assert(
      fc.property(fc.array(id), fc.array(id), known, id, (users, members, directory, asks) => {
        const all = new Map(
          Object.entries(directory).map(([user, { kind, enterprise }]) => [
            user,
            { ...person(user, kind), enterprise },
          ]),
        );
        const named = rule({ approvers: { users, groups: ['S1'] } });
        const requester = all.get(asks) ?? { user: asks };
        const found = possibleApprovers(named, requester, new Map([['S1', members]]), all);
        const keys = found.people.map(personKey);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys).not.toContain(personKey(requester));
        expect(usersOf(found)).not.toContain(asks);
        expect(found.people.every((one) => one.kind === 'member')).toBe(true);
        const told = approverIds(named, new Map([['S1', members]])).filter((one) => one !== asks);
        if (!found.unknownPeople) expect(told.every((one) => all.has(one) || one === personKey(requester))).toBe(true);
      }),
    );
  });
});
