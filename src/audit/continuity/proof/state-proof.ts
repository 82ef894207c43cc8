import { differingField } from '../../domain/proof/differing-field.ts';
import { differingRunField } from '../../domain/proof/differing-run.ts';
import { createOpenRequests } from '../../domain/proof/open-requests.ts';
import { isOpen, type ThrottleRequest, throttleRequest } from '../../domain/request/throttle-request.ts';
import { hasOpenGrant } from '../../domain/run/grant/timed-grant.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { createRedisOutcome } from '../../store/connection/redis-outcome.ts';
import type { ProofStatus } from '../../store/ledger/ledger.ts';
import type { Continuity } from '../../store/ledger/log-head.ts';
import type { Proof, StateProof } from '../../workflow/ports/proof.ts';
import type { StoredRun } from '../../workflow/ports/stored-run.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { parseObject } from '../format/parse-json.ts';
import type { AuditAlarms } from '../log/audit-alarms.ts';
import { createLogFollower, type Reads } from '../log/log-follower.ts';
import { foldOf } from '../log/open-on-record.ts';
import { firstOfStored } from './first-stored.ts';

/** So many stored requests are compared in one transaction. */
const COMPARED_AT_ONCE = 100;
/** More need not be named: something is wrong altogether. */
const MAX_NAMED = 1000;

const PROVEN: Proof = { kind: 'proven' };
const ABSENT = 'it is open by the audit log, and nothing is stored of it';
const READING: Proof = { kind: 'waiting', why: 'the audit log is being read' };
const text = (value: string | number | null) => (value === null ? null : String(value));
const contradicted = (why: string): Proof => ({ kind: 'contradicted', why });

/** The first place that an index names. */
function seqIn(found: unknown): number | null {
  const [place] = (found ?? []) as string[];
  return place === undefined ? null : Number(place);
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
export function createStateProof({ redis, keys, auditKeys, continuity, alarms }: ProofOptions): StateProof & {
  proof: ProofStatus;
} {
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
  /** Requests whose stored state the log contradicts, and why. */
  const wrong = new Map<string, string>();
  /** The same for executions. */
  const wrongRuns = new Map<string, string>();

  function note(id: string, proof: Proof): Proof {
    const about = `state-${id}`;
    if (proof.kind === 'contradicted') {
      if (wrong.size < MAX_NAMED) wrong.set(id, proof.why);
      const what = `Request ${id}: ${proof.why}. Nothing is sent to AWS for it until that is repaired`;
      alarms.raise(about, what, open.get(id)?.request.channel);
    } else if (proof.kind === 'proven' && wrong.delete(id)) alarms.clear(about);
    return proof;
  }

  function noteRun(execution: string, proof: Proof): Proof {
    const about = `in-force-${execution}`;
    if (proof.kind === 'contradicted') {
      if (wrongRuns.size < MAX_NAMED) wrongRuns.set(execution, proof.why);
      alarms.raise(about, `${proof.why}. Nothing is sent to AWS for it until that is repaired`);
    } else if (proof.kind === 'proven' && wrongRuns.delete(execution)) alarms.clear(about);
    return proof;
  }

  /** Judges at the end of the log, which must be the one that this process knows. */
  async function atEnd(reads: Reads, judge: (replies: unknown[]) => Proof): Promise<Proof> {
    const lost = continuity.lost();
    if (lost) throw lost;
    const known = continuity.position();
    const proof = await outcome.read(() =>
      follower.atEnd(reads, (replies): Proof => {
        const read = follower.position();
        const isShort = known !== null && (read === null || read.seq < known.seq);
        const isOther = known !== null && read?.seq === known.seq && read.hash !== known.hash;
        if (isShort || isOther) return { kind: 'waiting', why: 'the audit log does not have the last known record' };
        return judge(replies);
      }),
    );
    return proof ?? READING;
  }

  /** `given`: what was read of a request, `stored`: its text in Redis at the end of the log. */
  function judge(id: string, given: ThrottleRequest | null, stored: string | null, first: number | null): Proof {
    const now = parseObject(stored ?? '');
    if (now?.version !== given?.version) return { kind: 'moved' };
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
  function judgeUnknown({ id }: ThrottleRequest, first: number | null): Proof {
    const misfit = open.misfit(id);
    if (misfit) return misfit.unknown ? { kind: 'waiting', why: misfit.why } : contradicted(misfit.why);
    const from = follower.from() ?? 0;
    if (follower.goBack(first !== null && first < from ? first : 0)) return READING;
    const broken = follower.broken();
    return contradicted(
      broken ? `its records are not proven, since ${broken.why}` : 'the audit log has no such open request',
    );
  }

  async function prove(id: string, request: ThrottleRequest | null): Promise<Proof> {
    const reads: Reads = (multi) => {
      multi.hget(keys.request(id), 'state').zrange(keys.indexRequest(id), '0', '0');
    };
    const proof = await atEnd(reads, ([stored, firsts]) => {
      const [first] = (firsts ?? []) as string[];
      return judge(id, request, stored as string | null, first === undefined ? null : Number(first));
    });
    return note(id, proof);
  }

  async function proveRun(stored: StoredRun): Promise<Proof> {
    const { execution } = stored;
    const reads: Reads = (multi) => {
      multi.hget(keys.run(execution), 'version').hget(keys.inForce, execution);
      multi.zrange(keys.indexExecution(execution), '0', '0').zrange(keys.indexExecution(execution), '-1', '-1');
    };
    const proof = await atEnd(reads, ([version, inForce, firsts, lasts]) => {
      const isSame = version === text(stored.storedVersion) && inForce === text(stored.inForce?.version ?? null);
      const [first = null, last = null] = [firsts, lasts].map((found) => seqIn(found));
      return isSame ? judgeRun(stored, { first, last }) : { kind: 'moved' };
    });
    return noteRun(execution, proof);
  }

  /** `first`, `last`: of the records that the execution's index names. */
  function judgeRun(
    { execution, run, lastSeq, inForce }: StoredRun,
    { first, last }: { first: number | null; last: number | null },
  ): Proof {
    const proven = open.run(execution);
    if (proven && proven.lastSeq > lastSeq) {
      const isNamed = last !== null && last >= proven.lastSeq;
      return isNamed ? { kind: 'moved' } : contradicted(`the index of ${execution} lacks record ${proven.lastSeq}`);
    }
    if (proven === null) {
      if (run === null || (run.grants.length === 0 && run.change === null)) return PROVEN;
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
    const ids = [...new Set([...open.all().map(({ request }) => request.id), ...wrong.keys()])];
    for (let from = 0; from === 0 || from < ids.length; from += COMPARED_AT_ONCE) {
      const some = ids.slice(from, from + COMPARED_AT_ONCE);
      const reads: Reads = (multi) => {
        for (const id of some) multi.hget(keys.request(id), 'state');
      };
      await atEnd(reads, (states) => {
        for (const [place, id] of some.entries()) note(id, judgeStored(id, states[place] as string | null));
        return PROVEN;
      });
    }
  }

  function judgeStored(id: string, state: string | null): Proof {
    if (state === null) return judge(id, null, null, null);
    const stored = throttleRequest.safeParse(parseObject(state)).data;
    if (!stored) return { kind: 'waiting', why: "what is stored can't be read" };
    const isUnknown = open.get(id) === null && (isOpen(stored) || hasOpenGrant(stored));
    return isUnknown ? { kind: 'waiting', why: 'it is judged when it is used' } : judge(id, stored, state, null);
  }

  return {
    prove,
    proveRun,
    proof: {
      check,
      wrong: () => [...[...wrong].map(([request, why]) => `${request}: ${why}`), ...wrongRuns.values()],
      isReading: () => follower.from() === null || follower.isBehind(),
    },
  };
}
