import { UNLIMITED } from '../../rate/rate.ts';
import { NO_USAGE, UNKNOWN_USAGE, type Usage, usageAfter, withNewLimit } from './need.ts';

/** A running execution of the link, and what was seen of it since the last step. Times in milliseconds since 1970. */
export interface LinkMember {
  /** Its ARN. */
  id: string;
  /** 1 if absent. */
  weight?: number | undefined;
  holds:
    | { kind: 'share'; baseline: number }
    | { kind: 'grant'; rate: number }
    /** See {@link import('./divide.ts').Member}. */
    | { kind: 'fixed'; takes: number };
  /** Null: none since the last step. */
  look: Look | null;
}

export interface Look {
  at: number;
  /** The limit that AWS shows; bytes per second, -1 unlimited. */
  limit: number;
  /** Measured since the look before; null: nothing to compare with. */
  rate: number | null;
  /** When the look before was. */
  since: number | null;
  /** Before its first byte (QUEUED, LAUNCHING, PREPARING), after its last one (VERIFYING, CANCELLING), or between. */
  phase: 'waiting' | 'sending' | 'done';
}

/** What is known of a member's limit. Plain values, so that it can be stored. */
export interface MemberState {
  kind: LinkMember['holds']['kind'];
  phase: Look['phase'];
  /** The limit that AWS showed last. */
  limit: number;
  /** It came without a limit of the link, and none was read back yet. */
  isNew: boolean;
  /** The change under way. */
  sent: { rate: number; at: number } | null;
  /** Rates that it may still have, although AWS shows another one. */
  perhaps: readonly { rate: number; until: number }[];
  /** When a change of its limit was last read back. */
  movedAt: number | null;
  /** A window or a request changed what is due since it was last moved. */
  mayMove: boolean;
  /** Measured at the last look. */
  rate: number;
  usage: Usage;
}

/** A change takes effect at AWS within this time of its read-back. */
export const EFFECT_MS = 60_000;
/** What was sent and not read back may take effect this much later. */
const LATE_MS = 900_000;

/** Its state after what was seen. @throws Error if it has no state and was not looked at */
export function seen(before: MemberState | undefined, { id, holds, look }: LinkMember, now: number): MemberState {
  const known = before ?? newcomer(id, holds.kind, look);
  const changed = known.kind !== holds.kind;
  const member = changed ? { ...known, kind: holds.kind, mayMove: true, usage: UNKNOWN_USAGE } : known;
  const after = look ? measured(readBack(member, look), look) : member;
  return { ...after, perhaps: after.perhaps.filter(({ until }) => until > now) };
}

function newcomer(id: string, kind: MemberState['kind'], look: Look | null): MemberState {
  if (look === null) throw new Error(`${id}: its limit is not known`);
  const { limit, rate, phase } = look;
  const nothing = { sent: null, perhaps: [], movedAt: null, mayMove: false, usage: UNKNOWN_USAGE };
  return { kind, phase, limit, isNew: true, rate: rate ?? 0, ...nothing };
}

function readBack(member: MemberState, { at, limit }: Look): MemberState {
  const { sent } = member;
  const isAnswered = sent !== null && at > sent.at;
  const isSet = isAnswered && limit === sent.rate;
  // AWS may carry out late what it does not show now.
  const late = isAnswered && !isSet ? [{ rate: sent.rate, until: sent.at + LATE_MS }] : [];
  const settled = { ...member, sent: isAnswered ? null : sent, perhaps: [...member.perhaps, ...late] };
  if (limit === member.limit) return settled;
  // Of a newcomer it is not the link's doing that it has no limit yet.
  const old = member.isNew ? [] : [{ rate: member.limit, until: at + EFFECT_MS }];
  return {
    ...settled,
    limit,
    isNew: member.isNew && !isSet,
    perhaps: [...settled.perhaps, ...old],
    movedAt: at,
    usage: withNewLimit(member.usage),
  };
}

function measured(before: MemberState, { rate, since, phase }: Look): MemberState {
  // To begin and to end are reasons to move a limit at once.
  const member = before.phase === phase ? before : { ...before, phase, mayMove: true, usage: UNKNOWN_USAGE };
  if (phase !== 'sending') return { ...member, rate: 0, usage: NO_USAGE };
  if (rate === null) return member;
  const isInEffect = since !== null && (member.movedAt === null || since >= member.movedAt + EFFECT_MS);
  const says = isInEffect && !member.isNew && member.sent === null && member.limit !== UNLIMITED;
  return { ...member, rate, usage: says ? usageAfter(member.usage, member.limit, rate) : member.usage };
}
