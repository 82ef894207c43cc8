import { parseExecutionArn } from '../../domain/execution/task-execution.ts';
import { REQUEST_ID } from '../../domain/request/request-id.ts';
import { parseDuration } from '../../domain/time/duration.ts';
import { EXAMPLES, type NotUnderstood, notUnderstood, refused, restOf } from './not-understood.ts';
import { bare, mentionedUser, type Word } from './typed-words.ts';

type AuditSubject = { kind: 'request'; id: string } | { kind: 'execution'; arn: string } | { kind: 'user'; id: string };

/** The commands about the audit log. */
export type AuditCommand =
  | { kind: 'audit'; by: AuditSubject | null; sinceSeconds: number | null }
  | { kind: 'audit-verify' }
  | { kind: 'audit-export'; sinceSeconds: number | null };

/** Reads what follows `audit`. */
export function parseAudit(text: string, words: readonly Word[]): AuditCommand | NotUnderstood {
  const [word, ...after] = words;
  switch (word && bare(word.text).toLowerCase()) {
    case 'verify':
      return after.length === 0
        ? { kind: 'audit-verify' }
        : notUnderstood(restOf(text, after), 'too-many-words', 'write `audit verify` alone', EXAMPLES.auditVerify);
    case 'export': {
      const [first] = after;
      const read = parseLookUp(text, after);
      if (read.kind !== 'audit') return read;
      if (read.by === null) return { kind: 'audit-export', sinceSeconds: read.sinceSeconds };
      const expected = 'write `audit export` alone, or with `since` and a duration';
      return notUnderstood(first?.text ?? '', 'too-many-words', expected, EXAMPLES.auditExport);
    }
    default:
      return parseLookUp(text, words);
  }
}

function parseLookUp(text: string, words: readonly Word[]): AuditCommand | NotUnderstood {
  let rest = words;
  let by: AuditSubject | null = null;
  const [subject] = rest;
  if (subject && subject.text.toLowerCase() !== 'since') {
    const found = auditSubject(subject.text);
    if ('problem' in found) return found;
    by = found;
    rest = rest.slice(1);
  }
  const [since, duration, ...more] = rest;
  if (since === undefined) return { kind: 'audit', by, sinceSeconds: null };
  if (since.text.toLowerCase() !== 'since' || more.length > 0) {
    const extra = since.text.toLowerCase() === 'since' ? more : rest;
    const expected = 'write one request id, ARN or @user, and then `since` and a duration if you like';
    return notUnderstood(restOf(text, extra), 'too-many-words', expected, EXAMPLES.audit);
  }
  if (duration === undefined) {
    return notUnderstood(since.text, 'no-duration', 'write a duration after `since`, such as `7d`', EXAMPLES.audit);
  }
  const parsed = parseDuration(bare(duration.text));
  return parsed.ok ? { kind: 'audit', by, sinceSeconds: parsed.value } : refused(parsed.problem, EXAMPLES.audit);
}

function auditSubject(typed: string): AuditSubject | NotUnderstood {
  const user = mentionedUser(typed);
  if (user !== null) return { kind: 'user', id: user };
  const word = bare(typed);
  if (REQUEST_ID.test(word.toLowerCase())) return { kind: 'request', id: word.toLowerCase() };
  if (/^arn:/i.test(word)) {
    const execution = parseExecutionArn(word);
    return execution.ok ? { kind: 'execution', arn: execution.value.arn } : refused(execution.problem, EXAMPLES.audit);
  }
  const expected =
    'write a request id such as `r-0123456789`, the ARN of a task execution, an @user, or `since` and a duration';
  return notUnderstood(typed, 'unknown-word', expected, EXAMPLES.audit);
}
