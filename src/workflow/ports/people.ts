import type { Groups, Person } from '../../domain/policy/policy.ts';

/** Who somebody is, now. */
export interface People {
  /** @throws PersonUnknown where Slack can't say */
  person(user: string): Promise<Person>;
  /**
   * The same, minutes old at most: to count and to name people, and never to let anybody do anything.
   * @throws PersonUnknown where Slack can't say
   */
  lately(user: string): Promise<Person>;
  /** Whether `lately` would answer without asking Slack. */
  remembers(user: string): boolean;
  /** At most 10 s old. */
  groups(ids: readonly string[]): Promise<Groups>;
  /** The same, a minute old at most: for what is only shown. */
  groupsLately(ids: readonly string[]): Promise<Groups>;
}
