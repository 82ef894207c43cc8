import { readFileSync } from 'node:fs';
import { type AuditRecord, readRecord } from '../../../src/domain/audit/audit-record.ts';

/** Records of one story, oldest first, and the request that they fold to, both as they are stored. */
export interface StoredStory {
  name: string;
  records: string[];
  /** JSON. */
  state: string;
  /** The state as the version that wrote the records stored it. */
  stored?: string;
}

export function storedStories(
  file: 'stories.jsonl' | 'older-records.jsonl' | 'records-before-links.jsonl',
): StoredStory[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StoredStory);
}

/** At least one record of every event, as this version writes them. */
export const SAMPLES: readonly AuditRecord[] = storedStories('stories.jsonl').flatMap(({ records }) =>
  records.map(readRecord),
);

/** The first of them of one event. */
export function sampleOf<E extends AuditRecord['event']>(event: E): Extract<AuditRecord, { event: E }> {
  const found = SAMPLES.find((one): one is Extract<AuditRecord, { event: E }> => one.event === event);
  if (!found) throw new Error(`no sample of ${event}`);
  return found;
}
