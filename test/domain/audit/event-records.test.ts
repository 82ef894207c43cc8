import { describe, expect, it } from 'vitest';
import { EVENT_DETAILS, EVENTS } from '../../../src/domain/audit/audit-event.ts';
import {
  type AuditRecord,
  asRecord,
  GENESIS,
  readRecord,
  writeRecord,
} from '../../../src/domain/audit/audit-record.ts';
import { evolve } from '../../../src/domain/request/evolve-request.ts';
import { type ThrottleRequest, throttleRequest } from '../../../src/domain/request/throttle-request.ts';
import { stories } from './given-stories.ts';
import { SAMPLES, sampleOf, storedStories } from './sample-records.ts';

const WRITTEN = storedStories('stories.jsonl');
const OLDER = storedStories('older-records.jsonl');
const BEFORE_LINKS = storedStories('records-before-links.jsonl');

/** The request that records fold to. */
function fold(records: readonly string[]): ThrottleRequest | null {
  return records.map(readRecord).reduce<ThrottleRequest | null>((state, record) => evolve(state, record), null);
}

const isOfRequest = (bytes: string) => readRecord(bytes).request !== null;

describe('events as they are made', () => {
  const made = stories();

  it.each(made.map((story) => [story.name, story] as const))(
    'are stored byte for byte: %s',
    (name, { events, state }) => {
      let head = { log: 'log-1', seq: 0, hash: GENESIS, at: '' };
      const records = events.map(({ event, at }) => {
        const bytes = writeRecord(head, event, `op-${head.seq + 1}`, at);
        head = { ...head, seq: head.seq + 1, at: at.toISOString() };
        return bytes;
      });
      const stored = WRITTEN.find((one) => one.name === name);
      expect(records).toEqual(stored?.records);
      expect(JSON.stringify(state)).toBe(stored?.state);
    },
  );

  it('are of every kind, with those that are about no request', () => {
    expect(new Set(SAMPLES.map(({ event }) => event))).toEqual(new Set(EVENTS));
    expect(WRITTEN.length).toBe(made.length + 1);
  });
});

describe('records of this version', () => {
  it.each(WRITTEN.map((story) => [story.name, story] as const))('read back to the same bytes: %s', (_, { records }) => {
    for (const bytes of records) {
      const { log, seq, prev, op, at, ...event } = readRecord(bytes);
      expect(JSON.parse(writeRecord({ log, seq: seq - 1, hash: prev, at: '' }, event, op, new Date(at)))).toEqual(
        JSON.parse(bytes),
      );
    }
  });

  it.each(WRITTEN.map((story) => [story.name, story] as const))(
    'fold to the stored state: %s',
    (_, { records, state }) => {
      expect(JSON.stringify(fold(records.filter(isOfRequest)))).toBe(state);
    },
  );

  it('have their own detail, discriminated by the event', () => {
    const { event, detail } = sampleOf('requested');
    const approvals: number = detail.approvals;
    expect([event, approvals]).toEqual(['requested', 2]);
    const none: null = sampleOf('cancelled').detail;
    expect(none).toBeNull();
  });
});

describe('records of older versions', () => {
  it.each(OLDER.map((story) => [story.name, story] as const))('parse and fold to the same state: %s', (_, story) => {
    expect(JSON.stringify(fold(story.records.filter(isOfRequest)))).toBe(story.state);
  });

  it.each(BEFORE_LINKS.map((story) => [story.name, story] as const))(
    'without the name of a link parse and fold to the same state: %s',
    (_, story) => {
      expect(JSON.stringify(fold(story.records.filter(isOfRequest)))).toBe(story.state);
    },
  );

  it('are read without what was added since', () => {
    const details = OLDER.flatMap(({ records }) => records.map(readRecord)).map(({ detail }) => JSON.stringify(detail));
    expect(details.some((detail) => /said|policies|until|takeover|floor/.test(detail))).toBe(false);
  });
});

describe('a record of a request that replaced another limit, as older versions wrote it', () => {
  it('is read and folded', () => {
    const why = 'ends-earlier';
    const takeover = { request: 'r-1', base: 1, dueAt: '2026-11-22T11:00:00.000Z', why };
    const old = { ...sampleOf('requested'), detail: { ...sampleOf('requested').detail, takeover } };
    expect(fold([JSON.stringify(old)])).toMatchObject({ status: 'pending', exceeds: null });
  });
});

describe('stored states', () => {
  it.each(WRITTEN.map((story) => [story.name, story] as const))('read back byte for byte: %s', (_, { state }) => {
    if (state !== 'null') expect(JSON.stringify(throttleRequest.parse(JSON.parse(state)))).toBe(state);
  });

  it.each(OLDER.map((story) => [story.name, story] as const))(
    'of older versions are read: %s',
    (_, { stored = '', state }) => {
      if (stored === 'null') return;
      const read = throttleRequest.parse(JSON.parse(stored));
      expect(read).toMatchObject(JSON.parse(stored));
      expect(read).toMatchObject({ id: JSON.parse(state).id, hold: JSON.parse(stored).hold ?? null });
    },
  );

  it('keep what a newer version added', () => {
    const state = JSON.parse(WRITTEN[0]?.state ?? '');
    const newer = { ...state, more: 1, approvals: [{ ...state.approvals[0], more: 2 }] };
    expect(throttleRequest.parse(newer)).toEqual(newer);
  });
});

describe('a record that does not fit', () => {
  const requested = sampleOf('requested');

  it('may have more than is known here: that is kept', () => {
    const newer = { ...requested, link: 'office', detail: { ...requested.detail, more: { of: 1 } } };
    expect(readRecord(JSON.stringify(newer))).toEqual(newer);
  });

  it.each<[string, (record: Record<string, unknown>) => unknown]>([
    ['a detail that is none', (record) => ({ ...record, detail: null })],
    ['a detail that is text', (record) => ({ ...record, detail: 'x' })],
    ['a field of another type', (record) => ({ ...record, detail: { ...requested.detail, approvals: 'two' } })],
    ['a field that is absent', (record) => ({ ...record, detail: { ...requested.detail, expiresAt: undefined } })],
    ['a value that is not known here', (record) => ({ ...record, detail: { ...requested.detail, direction: 'up' } })],
    ['an event that is not known here', (record) => ({ ...record, event: 'paused' })],
    ['another version', (record) => ({ ...record, v: 2 })],
    ['a time that is none', (record) => ({ ...record, at: 'soon' })],
    ['a rate that is no whole number', (record) => ({ ...record, to: 0.5 })],
  ])('is no record that is known here, and is not folded: %s', (_, changed) => {
    const bytes = JSON.stringify(changed({ ...requested }));
    expect(asRecord(JSON.parse(bytes))).toBeNull();
    expect(() => fold([bytes])).toThrow('not an audit record of version 1 that is known here');
  });

  it.each(EVENTS.filter((event) => EVENT_DETAILS[event].safeParse(null).success))(
    'may have a detail in a newer version where there is none: %s',
    (event) => {
      const newer: unknown = { ...sampleOf(event as AuditRecord['event']), detail: { more: 1 } };
      expect(asRecord(newer)).toMatchObject({ event, detail: null });
    },
  );
});
