import { randomUUID } from 'node:crypto';
import { plainEvent } from '../domain/audit/audit-record.ts';
import type { OtherPolicy, PolicyInForce } from '../domain/policy/policies-in-force.ts';
import type { Log } from '../logging/logger.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { Ledger } from '../workflow/ports/ledger.ts';
import type { PolicySource } from '../workflow/ports/policy-source.ts';
import type { PolicyFile } from './open-policy-file.ts';
import { type ReadPolicy, readPolicyText } from './read-policy-text.ts';

/** A bot counts as gone after 15 s, so that one or two announcements may be lost. */
const BEAT_MS = 5000;
/** During a rolling update bots run two policies for a while, which is no fault. */
const DIFFERS_TOO_LONG_MS = 60_000;

/** Which policies the running bots use, and the texts of policies, in Redis. Each call may throw NotRecorded. */
export interface PolicyStore {
  keep(digest: string, text: string): Promise<void>;
  keepForGood(digest: string): Promise<void>;
  /** Null where no text is kept under this digest. */
  text(digest: string): Promise<string | null>;
  /** Whether the audit log names this policy as the one loaded last. */
  isOnRecord(digest: string): Promise<boolean>;
  setCurrent(digest: string, seq: number): Promise<void>;
  /** Announces this bot's policy. `kept`: its text is in Redis; `others`: the digests of the policies that other bots use. */
  beat(digest: string): Promise<{ kept: boolean; others: string[] }>;
  leave(): Promise<void>;
}

export interface PolicyWatch extends PolicySource {
  /** Resolves once this bot has announced its policy, or has failed to. */
  readonly announced: Promise<void>;
  /** The other policies by digest, where bots have used different ones for too long. `unreadable`: those whose text is unknown here. */
  differing(): { others: readonly string[]; unreadable: readonly string[] } | null;
  /** Reads the policy file again. One with faults is refused: the old policy stays. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The policy of this bot, and those that other bots on this Redis use.
 *
 * A bot uses a policy only once its text and digest are in Redis. Each decision announces this bot's policy and reads those of
 * the others in one step. So of two bots with different policies, the one that comes second knows the other's policy and allows
 * only what both allow. The first may still record a decision that it began before. Therefore the policies are compared once more
 * before a change is sent to AWS. A bot that has announced nothing for 15 s does not count: it has begun no decision in that
 * time, since each begins with an announcement.
 */
export function watchPolicy({
  ledger,
  file,
  policies,
  clock,
  log,
  onRound = () => {},
}: {
  ledger: Pick<Ledger, 'commit'>;
  file: PolicyFile;
  policies: PolicyStore;
  clock: Clock;
  log: Log;
  /** Told each time that this bot's policy was announced, and the others' read. */
  onRound?: () => void;
}): PolicyWatch {
  let own: ReadPolicy = file.first;
  /** Read from the file, and not used before it is announced. */
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
    // Redis has been emptied in the meantime.
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
    // From now on it counts in decisions here, so an auditor may need its text.
    if (text !== null) await policies.keepForGood(digest);
    const read = text === null ? null : readPolicyText(text);
    // A text with another digest than it is kept under is not the policy of that bot.
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
      onRound();
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

/** Without those that this bot uses itself by now. */
function inForce({ policy, digest }: ReadPolicy, found: readonly OtherPolicy[]): PolicyInForce {
  return { policy, digest, others: found.filter((other) => other.digest !== digest) };
}
