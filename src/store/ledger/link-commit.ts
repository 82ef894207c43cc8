import { parseObject } from '../../audit/format/parse-json.ts';
import { type LinkState, linkState } from '../../domain/link/link-state.ts';
import type { StoredLink } from '../../workflow/ports/links/stored-link.ts';
import type { Keys } from '../connection/keys.ts';
import type { Expectation, Write } from './commit-batch.ts';

/** Of stored links: those of a higher one are left to the newer version that wrote them. */
const LINK_SCHEMA = 1;

/** What is read of a stored link, in this order. */
export const LINK_FIELDS = ['state', 'version'] as const;

/** A link as it is stored. What can't be read counts as absent: nothing that AWS is sent rests on it. */
export function storedLink(link: string, [state, version]: readonly (string | null)[]): StoredLink {
  const found = linkState.safeParse(state ? parseObject(state) : null).data ?? null;
  return { link, state: found, storedVersion: version ?? null };
}

/** That the link is still as it was loaded. */
export function linkExpected({ link, storedVersion }: StoredLink, keys: Keys): Expectation {
  return { kind: 'field', key: keys.link(link), field: 'version', values: [storedVersion ?? ''] };
}

export function linkWrites({ link }: StoredLink, after: LinkState | null, keys: Keys): Write[] {
  if (after === null) return [];
  const fields = ['state', JSON.stringify(after), 'version', String(after.version), 'schema', String(LINK_SCHEMA)];
  return [['hset', keys.link(link), ...fields]];
}
