import type { AuditAlarms } from '../../log/audit-alarms.ts';

/** More need not be named: something is wrong altogether. */
const MAX_NAMED = 1000;

/** Which stored requests and runs the audit log contradicts, as of the last comparison of each. */
export function createContradictions(alarms: AuditAlarms, channelOf: (request: string) => string | undefined) {
  /** Why, by request. */
  const wrong = new Map<string, string>();
  /** The same by execution. */
  const wrongRuns = new Map<string, string>();
  return {
    note(id: string, proof: { kind: string; why?: string }): void {
      const about = `state-${id}`;
      if (proof.kind === 'contradicted') {
        if (wrong.size < MAX_NAMED) wrong.set(id, proof.why ?? '');
        const what = `Request ${id}: ${proof.why}. Nothing is sent to AWS for it until that is repaired: see \`audit rebuild\``;
        alarms.raise(about, what, channelOf(id));
      } else if (proof.kind === 'proven' && wrong.delete(id)) alarms.clear(about);
    },
    noteRun(execution: string, proof: { kind: string; why?: string }): void {
      const about = `in-force-${execution}`;
      if (proof.kind === 'contradicted') {
        if (wrongRuns.size < MAX_NAMED) wrongRuns.set(execution, proof.why ?? '');
        alarms.raise(
          about,
          `${proof.why}. Nothing is sent to AWS for it until that is repaired: see \`audit rebuild\``,
        );
      } else if (proof.kind === 'proven' && wrongRuns.delete(execution)) alarms.clear(about);
    },
    requests: () => wrong.keys(),
    /** Each as a sentence. */
    all: () => [...[...wrong].map(([request, why]) => `${request}: ${why}`), ...wrongRuns.values()],
  };
}
