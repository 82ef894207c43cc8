import { type AuditQuery, type AuditTurn, EVERYTHING } from '../../workflow/ports/audit/audit-query.ts';
import type { SealDeps } from './sealed-ids.ts';

/** The content of a paging button: the query, and which page comes next. */
interface AuditSeal {
  k: 'audit';
  q: Partial<AuditQuery>;
  /** `[o, below]`, `[n, above]` */
  t: ['o', number | null] | ['n', number];
}

export function sealAudit({ seals }: SealDeps, query: AuditQuery, turn: AuditTurn): string {
  const q = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null));
  const t: AuditSeal['t'] = turn.go === 'older' ? ['o', turn.below] : ['n', turn.above];
  return seals.seal({ k: 'audit', q, t } satisfies AuditSeal);
}

/** Null for a button that this bot did not make. Whether the person may read the log is checked again at each click. */
export function openAuditSeal({ seals }: SealDeps, sealed: string): { query: AuditQuery; turn: AuditTurn } | null {
  const value = seals.open(sealed) as AuditSeal | null;
  if (value?.k !== 'audit') return null;
  const [go, at] = value.t;
  const turn: AuditTurn = go === 'o' ? { go: 'older', below: at } : { go: 'newer', above: at };
  return { query: { ...EVERYTHING, ...value.q }, turn };
}
