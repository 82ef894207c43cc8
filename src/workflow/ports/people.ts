import type { Groups, Person } from '../../domain/policy/policy.ts';

/** People and groups in Slack. */
export interface People {
  /** @throws PersonUnknown if Slack can't say */
  person(user: string): Promise<Person>;
  /**
   * The same, up to minutes old: for counting and naming people, never for granting permission.
   * @throws PersonUnknown if Slack can't say
   */
  lately(user: string): Promise<Person>;
  /** Whether `lately` would answer without calling Slack. */
  remembers(user: string): boolean;
  /** At most 10 s old. */
  groups(ids: readonly string[]): Promise<Groups>;
  /** The same, at most a minute old: for display only. */
  groupsLately(ids: readonly string[]): Promise<Groups>;
}
