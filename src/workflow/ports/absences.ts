import type { Absence } from '../../domain/execution/absence.ts';

/** Executions that AWS does not find at the moment, counted over all bots. */
export interface Absences {
  /** Counts a read that did not find it; returns since when, and how often by now. @throws NotRecorded */
  note(executionArn: string, at: Date): Promise<Absence>;
  /** AWS found it. @throws NotRecorded */
  end(executionArn: string): Promise<void>;
}
