import type { Absences } from '../ports/absences.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executions } from '../ports/executions.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';

/** What it takes to bring the limit of a run to what it should be. */
export interface ReconcileDeps {
  ledger: Ledger;
  executions: Executions;
  absences: Absences;
  people: People;
  policy: PolicySource;
  clock: Clock;
}
