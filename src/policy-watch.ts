import { randomUUID } from 'node:crypto';
import { plainEvent } from './domain/audit-record.ts';
import type { OtherPolicy, PolicyInForce } from './domain/policies-in-force.ts';
import type { Policies } from './ledger/policies.ts';
import type { Log } from './log.ts';
import { type ReadPolicy, readPolicyText } from './policy-file.ts';
import type { PolicyFile } from './policy-source.ts';
import type { Clock, Ledger, PolicySource } from './workflow/ports.ts';

/** Three of them may be lost before this bot counts as gone. */
const BEAT_MS = 5000;
/** Bots that are updated one after the other run two policies for a while: that is no fault. */
const DIFFERS_TOO_LONG_MS = 60_000;

export interface PolicyWatch extends PolicySource {
  /** Resolves once this bot has announced its policy, or could not. */
  readonly announced: Promise<void>;
  /** The digests of other policies, where bots have run more than one for too long; `unreadable`: those not known here. */
  differing(): { others: readonly string[]; unreadable: readonly string[] } | null;
  /** Reads the policy file again; a bad one is refused, and the old one stays. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The policy of this bot, and those of the others.
 *
 * A bot goes by a policy only once its text and its digest lie in Redis, and each decision says again what this bot goes by and
 * reads what the others do, in one step. So of two bots whose policies differ, the one whose step comes second knows of the
 * other's and lets through what both allow. The first one may still write what it decided before the second had
 * decided anything; before a change is sent to AWS the question is put again, to all that run by then. A bot that says nothing for
 * 15 s does not count: it has begun no decision in that time, since each begins with saying so.
 */
export function watchPolicy({
  ledger,
  file,
  policies,
  clock,
  log,
  onTurn = () => {},
}: {
  ledger: Pick<Ledger, 'commit'>;
  file: PolicyFile;
  policies: Policies;
  clock: Clock;
  log: Log;
  /** Told each time that Redis knows this bot's policy and this bot those of the others. */
  onTurn?: () => void;
}): PolicyWatch {
  let own: ReadPolicy = file.first;
  /** Read, and not gone by before the others can know of it. */
  let next: ReadPolicy | null = null;
  let kept = '';
  let recorded = '';
  let keptForGood = '';
  let others: readonly OtherPolicy[] = [];
  let differsSince: Date | null = null;
  let warned = false;

  async function counting(): Promise<PolicyInForce> {
    const announced = next ?? own;
    const { digest, text } = announced;
    if (kept !== digest) {
      await policies.keep(digest, text);
      keptForGood = '';
    }
    kept = digest;
    const beat = await policies.beat(digest);
    // Redis was emptied meanwhile.
    if (!beat.kept) kept = '';
    const found = await Promise.all(beat.others.map(otherOf));
    if (next === announced) {
      own = announced;
      next = null;
    }
    noteOthers(found);
    return inForce(announced, found);
  }

  async function otherOf(digest: string): Promise<OtherPolicy> {
    const known = others.find((other) => other.digest === digest && other.policy !== null);
    if (known) return known;
    const text = await policies.text(digest);
    // From now on it has a say in what is decided here.
    if (text !== null) await policies.keepForGood(digest);
    const read = text === null ? null : readPolicyText(text);
    // What lies under a digest and has another is not what that bot goes by.
    return { digest, policy: read?.ok && read.value.digest === digest ? read.value.policy : null };
  }

  function noteOthers(found: readonly OtherPolicy[]): void {
    others = found;
    if (found.length === 0) {
      if (warned) log.info({ policy: own.digest }, 'all bots on this Redis run one policy again');
      differsSince = null;
      warned = false;
      return;
    }
    differsSince ??= clock.now();
    const state = differing();
    if (state && !warned) log.warn({ policy: own.digest, ...state }, 'other bots on this Redis run another policy');
    warned ||= state !== null;
  }

  function differing() {
    if (differsSince === null || clock.now().getTime() - differsSince.getTime() < DIFFERS_TOO_LONG_MS) return null;
    const unreadable = others.flatMap(({ policy, digest }) => (policy === null ? [digest] : []));
    return { others: others.map(({ digest }) => digest), unreadable };
  }

  async function record(): Promise<void> {
    const { digest } = own;
    if (recorded === digest && keptForGood === digest) return;
    if (!(await policies.isOnRecord(digest))) {
      const committed = await ledger.commit({
        op: `policy:${digest}:${randomUUID()}`,
        prior: null,
        events: [plainEvent('policy.loaded', { policy: digest, detail: null })],
      });
      if (committed.kind === 'committed') await policies.setCurrent(digest, committed.records[0]?.seq ?? 0);
    }
    recorded = digest;
    await policies.keepForGood(digest);
    keptForGood = digest;
  }

  const tryBeat = async () => {
    try {
      await counting();
      await record();
      onTurn();
    } catch (err) {
      log.warn({ err }, 'the policy of this bot could not be noted in Redis');
    }
  };
  const announced = tryBeat();
  const timer = setInterval(tryBeat, BEAT_MS);
  return {
    announced,
    current: () => inForce(own, others),
    counting,
    differing,
    async reload(): Promise<void> {
      const read = await file.read();
      if (!read.ok) {
        log.error({ faults: read.problem }, 'the new policy is refused, the old one stays');
        return;
      }
      next = read.value;
      await tryBeat();
      const { digest } = read.value;
      if (own.digest === digest) log.info({ policy: digest }, 'policy loaded');
      else log.warn({ policy: digest }, 'the new policy is read, and counts once Redis has it');
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await policies.leave().catch((err: unknown) => log.info({ err }, 'left without saying so'));
    },
  };
}

/** Another bot may go by what this one has come to go by since. */
function inForce({ policy, digest }: ReadPolicy, found: readonly OtherPolicy[]): PolicyInForce {
  return { policy, digest, others: found.filter((other) => other.digest !== digest) };
}
