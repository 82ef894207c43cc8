import { differingField } from '../../../domain/proof/differing-field.ts';
import { differingRunField, isBorneOutByAws } from '../../../domain/proof/differing-run.ts';
import { createOpenRequests, isAtRest } from '../../../domain/proof/open-requests.ts';
import { isOpen, type ThrottleRequest, throttleRequest } from '../../../domain/request/throttle-request.ts';
import { hasOpenGrant } from '../../../domain/run/grant/timed-grant.ts';
import type { Connection } from '../../../store/connection/connection.ts';
import type { Keys } from '../../../store/connection/keys.ts';
import { createRedisOutcome } from '../../../store/connection/redis-outcome.ts';
import type { StoredProof } from '../../../store/ledger/ledger.ts';
import { RUN_FIELDS, storedRun } from '../../../store/ledger/load-run.ts';
import type { Continuity } from '../../../store/ledger/log-head.ts';
import { REQUEST_FIELDS, storedRequest } from '../../../store/ledger/stored-request.ts';
import { RequestUnreadable, RunUnreadable } from '../../../workflow/faults.ts';
import type { StoredRequest } from '../../../workflow/ports/ledger.ts';
import type { Proven, ProvenRun, Unproven } from '../../../workflow/ports/proof.ts';
import type { StoredRun } from '../../../workflow/ports/stored-run.ts';
import type { AuditKey } from '../../format/audit-chain.ts';
import { parseObject } from '../../format/parse-json.ts';
import type { AuditAlarms } from '../../log/audit-alarms.ts';
import { createLogFollower, type Reads } from '../../log/log-follower.ts';
import { foldOf } from '../../log/open-on-record.ts';
import { createContradictions } from './contradictions.ts';
import { firstOfStored } from './first-stored.ts';

/** So many stored requests are compared in one transaction. */
const COMPARED_AT_ONCE = 100;

/** What a comparison says, apart from what was compared. */
type Verdict = { kind: 'proven' } | Unproven;

/** The first and the last record that an index names. */
interface Named {
  first: number | null;
  last: number | null;
}

const PROVEN: Verdict = { kind: 'proven' };
const MOVED = { kind: 'moved' } as const;
const ABSENT = 'it is open by the audit log, and nothing is stored of it';
const READING: Unproven = { kind: 'waiting', why: 'the audit log is being read' };
const text = (value: string | number | null) => (value === null ? null : String(value));
const contradicted = (why: string): Unproven => ({ kind: 'contradicted', why });

/** The first place that an index names. */
function seqIn(found: unknown): number | null {
  const [place] = (found ?? []) as string[];
  return place === undefined ? null : Number(place);
}

/** The reply of HMGET; a key of another type has no fields. */
const textsIn = (fields: unknown) => (fields ?? []) as (string | null)[];

function withStored<T, P extends Verdict | typeof MOVED>(stored: T, proof: P) {
  return proof.kind === 'proven' ? { kind: 'proven' as const, stored } : (proof as Exclude<P, { kind: 'proven' }>);
}

interface ProofOptions {
  redis: Connection;
  keys: Keys;
  auditKeys: readonly AuditKey[];
  continuity: Pick<Continuity, 'lost' | 'position'>;
  alarms: AuditAlarms;
}

/**
 * Compares what is stored with what the audit log says. The log is followed as it grows, and a state is read at the same
 * moment as the end of the log, so a difference is never one of time alone.
 */
export function createStateProof({ redis, keys, auditKeys, continuity, alarms }: ProofOptions): StoredProof {
  const outcome = createRedisOutcome(redis);
  const open = createOpenRequests();
  const follower = createLogFollower({
    redis,
    keys,
    auditKeys,
    fold: foldOf(open, ({ request, seq, why, unknown }) => {
      if (!unknown) alarms.raise(`misfit-${seq}`, `record ${seq} of request ${request} does not fit: ${why}`);
    }),
    startAt: () => firstOfStored(redis, keys),
    onBreak: (seq, why) => alarms.raise(`break-${seq}`, `${why}: see \`audit verify\``),
  });
  const contradictions = createContradictions(alarms, (id) => open.get(id)?.request.channel);

  /** Judges at the end of the log, which must be the one that this process knows. */
  async function atEnd<T>(reads: Reads, judge: (replies: unknown[]) => T): Promise<T | Unproven> {
    const lost = continuity.lost();
    if (lost) throw lost;
    const known = continuity.position();
    const proof = await outcome.read(() =>
      follower.atEnd(reads, (replies): T | Unproven => {
        const read = follower.position();
        const isShort = known !== null && (read === null || read.seq < known.seq);
        const isOther = known !== null && read?.seq === known.seq && read.hash !== known.hash;
        if (isShort || isOther) return { kind: 'waiting', why: 'the audit log does not have the last known record' };
        return judge(replies);
      }),
    );
    return proof ?? READING;
  }

  /** `given`: what is stored of a request at the end of the log. */
  function judge(id: string, given: ThrottleRequest | null, first: number | null): Verdict {
    const proven = open.get(id);
    if (proven === null) {
      return given && (isOpen(given) || hasOpenGrant(given)) ? judgeUnknown(given, first) : PROVEN;
    }
    // One without an end is not kept as long as the log.
    if (given === null) return isOpen(proven.request) || hasOpenGrant(proven.request) ? contradicted(ABSENT) : PROVEN;
    const field = differingField(throttleRequest, given, proven.request);
    if (field === null) return PROVEN;
    return contradicted(`its stored state differs from the audit log in \`${field}\``);
  }

  /** The log, as far as it was read, has no such open request. */
  function judgeUnknown({ id }: ThrottleRequest, first: number | null): Verdict {
    const misfit = open.misfit(id);
    if (misfit) return misfit.unknown ? { kind: 'waiting', why: misfit.why } : contradicted(misfit.why);
    const from = follower.from() ?? 0;
    if (follower.goBack(first !== null && first < from ? first : 0)) return READING;
    const broken = follower.broken();
    return contradicted(
      broken ? `its records are not proven, since ${broken.why}` : 'the audit log has no such open request',
    );
  }

  async function prove(id: string): Promise<Proven<StoredRequest | null>> {
    const reads: Reads = (multi) => {
      multi.hmget(keys.request(id), ...REQUEST_FIELDS).zrange(keys.indexRequest(id), '0', '0');
    };
    const found = await atEnd(reads, ([fields, firsts]) => {
      const stored = storedRequest(id, textsIn(fields));
      if (stored instanceof RequestUnreadable) return { kind: 'unreadable' as const, fault: stored };
      return withStored(stored, judge(id, stored?.request ?? null, seqIn(firsts)));
    });
    if (found.kind === 'unreadable') throw found.fault;
    contradictions.note(id, found);
    return found;
  }

  /** What is stored of a run, and the first and the last record that its index names. */
  const runReads =
    (execution: string): Reads =>
    (multi) => {
      multi.hmget(keys.run(execution), ...RUN_FIELDS).hget(keys.inForce, execution);
      multi.zrange(keys.indexExecution(execution), '0', '0').zrange(keys.indexExecution(execution), '-1', '-1');
    };

  async function proveStoredRun(execution: string): Promise<ProvenRun> {
    const found = await atEnd(runReads(execution), ([fields, inForce, firsts, lasts]) => {
      const [first = null, last = null] = [firsts, lasts].map(seqIn);
      const stored = storedRun(execution, textsIn(fields), inForce as string | null);
      if (stored instanceof RunUnreadable) return { kind: 'unreadable' as const, fault: stored };
      return isUpToDate(stored, { first, last }) ? withStored(stored, judgeRun(stored, { first, last })) : MOVED;
    });
    if (found.kind === 'unreadable') throw found.fault;
    contradictions.noteRun(execution, found);
    return found;
  }

  /** Whether no record that concerns its limit is missing in what is stored of a run. */
  function isUpToDate({ execution, run, lastSeq }: StoredRun, { first, last }: Named): boolean {
    return last === null || last <= lastSeq || open.isUnchangedAfter(execution, lastSeq, run === null ? first : null);
  }

  async function proveLoadedRun(loaded: StoredRun): Promise<ProvenRun> {
    const { execution } = loaded;
    const found = await atEnd(runReads(execution), ([fields, inForce, firsts, lasts]) => {
      const [first = null, last = null] = [firsts, lasts].map(seqIn);
      const [, version = null] = textsIn(fields);
      const isSame = version === text(loaded.storedVersion) && inForce === text(loaded.inForce?.version ?? null);
      return isSame ? withStored(loaded, judgeRun(loaded, { first, last })) : MOVED;
    });
    contradictions.noteRun(execution, found);
    return found;
  }

  /** `first`, `last`: of the records that the execution's index names. */
  function judgeRun({ execution, run, lastSeq, inForce }: StoredRun, { first, last }: Named): Verdict | typeof MOVED {
    const proven = open.run(execution);
    if (proven && proven.lastSeq > lastSeq) {
      const isNamed = last !== null && last >= proven.lastSeq;
      return isNamed ? MOVED : contradicted(`the index of ${execution} lacks record ${proven.lastSeq}`);
    }
    if (proven === null) {
      if (run === null || (isAtRest(run) && isBorneOutByAws(run))) return PROVEN;
      const from = follower.from() ?? 0;
      if (follower.goBack(first !== null && first < from ? first : 0)) return READING;
      return contradicted(`the audit log has no such limits of ${execution}`);
    }
    const field = differingRunField(run, proven.run);
    if (field !== null)
      return contradicted(`the stored limits of ${execution} differ from the audit log in \`${field}\``);
    const { request: applies = null, after } = proven.run.inForce ?? {};
    // Once the execution has ended there is none, and no grant with an end is open.
    const mayBeNone = !proven.run.grants.some(({ until }) => until !== null);
    const names = [applies, after];
    const isNamed = inForce === null ? mayBeNone : applies === null || names.includes(inForce.request);
    return isNamed ? PROVEN : contradicted(`the limit of ${execution} is ${applies}’s, and Redis says otherwise`);
  }

  /** Follows the log, and compares all that is open by it with what is stored. */
  async function check(): Promise<void> {
    const ids = [...new Set([...open.all().map(({ request }) => request.id), ...contradictions.requests()])];
    for (let from = 0; from === 0 || from < ids.length; from += COMPARED_AT_ONCE) {
      const some = ids.slice(from, from + COMPARED_AT_ONCE);
      const reads: Reads = (multi) => {
        for (const id of some) multi.hget(keys.request(id), 'state');
      };
      await atEnd(reads, (states) => {
        for (const [place, id] of some.entries())
          contradictions.note(id, judgeStored(id, states[place] as string | null));
        return PROVEN;
      });
    }
  }

  function judgeStored(id: string, state: string | null): Verdict {
    if (state === null) return judge(id, null, null);
    const stored = throttleRequest.safeParse(parseObject(state)).data;
    if (!stored) return { kind: 'waiting', why: "what is stored can't be read" };
    const isUnknown = open.get(id) === null && (isOpen(stored) || hasOpenGrant(stored));
    return isUnknown ? { kind: 'waiting', why: 'it is judged when it is used' } : judge(id, stored, null);
  }

  return {
    prove,
    proveStoredRun,
    proveLoadedRun,
    proof: {
      check,
      wrong: contradictions.all,
      isReading: () => follower.from() === null || follower.isBehind(),
    },
  };
}
