import { z } from 'zod';
import { looseObject } from '../audit/loose-object.ts';
import { timestamp } from '../audit/timestamp.ts';
import { putOff } from './change/sending.ts';
import type { LinkLimits } from './link-limits.ts';

/**
 * An approved request whose limit was set and whose time is not over. Its rate counts unless a grant that was applied later
 * is open.
 */
const grant = looseObject({
  request: z.string(),
  /** Bytes per second; -1 unlimited. */
  rate: z.number(),
  /** Null: until the execution ends. */
  until: timestamp.nullable(),
  /** The role that its limit was set with; null: the bot's own credentials. */
  role: z.string().nullable(),
  /**
   * It is over and its limit is still set: a bot of an older version ended it, and took it for covered by another one that was
   * over too.
   */
  stillSet: z.literal(true).exactOptional(),
});

export type Grant = z.infer<typeof grant>;

/**
 * What leads to a change of the limit. `grant`: a request is applied. `end`: a grant is over. `late-write`: an earlier change
 * of the bot took effect late, so the limit has to be set again. `link`: the link of the execution allows another limit now, or the
 * execution has left it.
 */
const changeCause = z.enum(['grant', 'end', 'late-write', 'link']);
export type ChangeCause = z.infer<typeof changeCause>;

const changeInFlight = looseObject({
  cause: changeCause,
  /** The request that is applied or whose grant is over; null: the records of the run itself tell of it. */
  request: z.string().nullable(),
  /** The request whose limit will be set; null: that of the link, or else the one from before the bot's first change. */
  grant: z.string().nullable(),
  /** The link whose limit will be set, or that caps the one that will. */
  link: z.string().exactOptional(),
  from: z.number(),
  to: z.number(),
  /** When the change was last about to be sent: the intent is recorded before. */
  sentAt: timestamp,
  attempt: z.number(),
  role: z.string().nullable(),
  /** Set if AWS did not accept the last send. */
  putOff: putOff.nullable(),
});

/** A change of the limit that was begun: from its intent until its outcome is on record. */
export type ChangeInFlight = z.infer<typeof changeInFlight>;

const limitInForce = looseObject({
  rate: z.number(),
  /** It may be this one instead: AWS denied reading the result of a revert to it. */
  or: z.number().nullable(),
  at: timestamp,
  /** The request that it belongs to. Null: a link's limit, the one from before, or one set outside the bot. */
  request: z.string().nullable(),
  /** The link that it belongs to, or that caps the request's. */
  link: z.string().exactOptional(),
  /** It was set outside the bot on a member of a link, which leaves it alone until another limit of its own is due. */
  outside: z.literal(true).exactOptional(),
  /** The request whose end set it. An older version names that one in `in-force`. */
  after: z.string().exactOptional(),
});

export const run = looseObject({
  /** The ARN of the task execution. */
  execution: z.string(),
  /** How many events it has been folded from. */
  version: z.number(),
  /** The limit that applies when no grant is open. Null: unknown, because the records of it are lost. */
  baseline: z.number().nullable(),
  /** The limit last read back by the bot, or seen after it was changed outside the bot. Null: none yet. */
  inForce: limitInForce.nullable(),
  /** The open grants, in the order in which they were applied. */
  grants: z.array(grant),
  change: changeInFlight.nullable(),
  /** A change because of a link that AWS did not carry out, since the last one that it did. */
  notSet: looseObject({ rate: z.number(), at: timestamp }).exactOptional(),
  /** Rates that the bot sent without learning whether AWS accepted them: they may take effect late. */
  unconfirmed: z.array(looseObject({ rate: z.number(), sentAt: timestamp })),
});

/**
 * One run of a task: its limit, and what the limit should be. It has no state of its own beyond what the audit records of its
 * execution say.
 */
export type Run = z.infer<typeof run> & {
  /** What the policy says of the link that it belongs to. Not stored: added when a run is loaded. Absent: it belongs to none. */
  link?: LinkLimits | undefined;
};

/** The link that it belongs to, or that last set its limit; null: no link has to do with it. */
export function memberOf(run: Run | null): string | null {
  return run?.link?.link ?? run?.inForce?.link ?? run?.change?.link ?? null;
}

/** A run that the bot has not changed yet. */
export function untouchedRun(execution: string): Run {
  return { execution, version: 0, baseline: null, inForce: null, grants: [], change: null, unconfirmed: [] };
}

export function grantOf({ grants }: Run, request: string): Grant | null {
  return grants.find((one) => one.request === request) ?? null;
}
