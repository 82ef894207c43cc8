import type { Absence } from '../../domain/execution/absence.ts';

/** Executions that AWS does not find just now, over all bots. */
export interface Absences {
  /** It was looked for and not found: since when, and how often by now. @throws NotRecorded */
  note(executionArn: string, at: Date): Promise<Absence>;
  /** AWS knows it. @throws NotRecorded */
  end(executionArn: string): Promise<void>;
}
