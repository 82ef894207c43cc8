import { parseObject } from '../../audit/format/parse-json.ts';
import { throttleRequest } from '../../domain/request/throttle-request.ts';
import { RequestUnreadable } from '../../workflow/faults.ts';
import type { StoredRequest } from '../../workflow/ports/ledger.ts';
import { REQUEST_SCHEMA } from './commit.ts';

/** What is read of a stored request, in this order. */
export const REQUEST_FIELDS = ['state', 'seq', 'hash', 'schema'] as const;

/** Null: nothing is stored. Or why it can't be read. */
export function storedRequest(
  id: string,
  [state, seq, hash, schema]: readonly (string | null)[],
): StoredRequest | RequestUnreadable | null {
  if (!state || !seq || !hash) return null;
  if (Number(schema ?? REQUEST_SCHEMA) > REQUEST_SCHEMA) {
    return new RequestUnreadable(id, new Error('a newer version wrote it'));
  }
  const { data: request, error } = throttleRequest.safeParse(parseObject(state));
  return request ? { request, record: { seq: Number(seq), hash } } : new RequestUnreadable(id, error);
}
