import type { StringIndexed } from '@slack/bolt';
import type { z } from 'zod';
import { misaddressed } from '../connection/addressee.ts';
import { answerablePayload } from '../connection/payloads.ts';
import type { Caller } from '../context/interaction.ts';
import { replyWithFault } from '../replies/error-replies.ts';
import { replyPrivately } from '../replies/private-replies.ts';
import { IGNORED } from '../wording/ignored-words.ts';
import type { Doing } from '../wording/reply-words.ts';
import { type AccessCheck, checkAccess } from './access-check.ts';
import type { Bot } from './bot.ts';
import { arrivalOf, onRecord } from './request-context.ts';

export interface InteractionRunnerOptions {
  bot: Bot;
  onInteraction: (kind: string, outcome: 'done' | 'fault' | 'ignored') => void;
  onAck: (kind: string, seconds: number) => void;
}

export type Ack = (answer?: unknown) => Promise<void>;

type Parsed<T> = { payload: T; words?: never } | { payload: null; words: string };

/** What all interactions have in common: parsing, the access check, the acknowledgement, and what follows it. */
export function createInteractionRunner({ bot, onInteraction, onAck }: InteractionRunnerOptions) {
  const { identity, log } = bot;

  /** Runs the work behind an interaction. It is counted, its fault is answered, and an orderly stop waits for it. */
  async function run(kind: string, doing: Doing, caller: Caller, work: () => Promise<void>): Promise<void> {
    const task = work().then(
      () => onInteraction(kind, 'done'),
      async (fault: unknown) => {
        onInteraction(kind, 'fault');
        await replyWithFault(fault, doing, (text) => caller.say(text), caller);
      },
    );
    bot.background(task);
    await task;
  }

  /** While the log is lost, the stored state may be wrong: nobody requests, decides or sees open requests by it. */
  function unlessLogLost<T>(kind: string, doing: Doing, work: () => Promise<T>): Promise<T> {
    const needsLog = kind === 'requests' || (doing !== 'looking' && kind !== 'not-understood');
    const lost = needsLog ? bot.audit.lost() : null;
    return lost ? Promise.reject(lost) : work();
  }

  /** Runs `work` if this person may use the app, otherwise `refuse`. */
  async function ifAdmitted<T>(
    kind: string,
    caller: Caller,
    { viewers = false, counts = null }: { viewers?: boolean | undefined; counts?: AccessCheck['counts'] },
    work: () => Promise<T>,
    refuse: (words: string, passing: boolean) => Promise<T>,
  ): Promise<T> {
    const refused = await checkAccess(bot, caller, { what: kind, viewers, counts });
    return refused === null ? work() : refuse(refused.text, refused.passing);
  }

  function ignore(kind: string, why: string): void {
    onInteraction(kind, 'ignored');
    log.warn({ kind, why }, 'interaction ignored');
  }

  /** The payload; if it can't be read, or is for another app or workspace, what the person is told. */
  function parse<T extends Parameters<typeof misaddressed>[0]>(
    kind: string,
    schema: z.ZodType<T>,
    body: unknown,
  ): Parsed<T> {
    const parsed = schema.safeParse(body);
    const why = parsed.success ? misaddressed(parsed.data, identity) : 'unreadable';
    if (parsed.success && why === null) return { payload: parsed.data };
    ignore(kind, why ?? 'unreadable');
    return { payload: null, words: IGNORED[why ?? 'unreadable'] };
  }

  /** Tells somebody that their click was ignored. */
  async function replyIgnored(body: unknown, words: string): Promise<void> {
    const { data } = answerablePayload.safeParse(body);
    if (!data) return;
    const replied = replyPrivately(bot, data.user.id, data.response_url, words);
    bot.background(replied);
    await replied.catch((err: unknown) =>
      log.warn({ err, user: data.user.id }, 'nobody heard that it came to nothing'),
    );
  }

  function callerOf(
    user: string,
    op: string,
    more: {
      trigger?: string | undefined;
      channel?: string | undefined;
      /** The request that it is about, if that is known by now. */
      request?: string | null | undefined;
      execution?: string | null | undefined;
      say: Caller['say'];
    },
  ): Caller {
    const { trigger = null, channel = null, request = null, execution = null, say } = more;
    return {
      user,
      op,
      triggerId: trigger,
      channel,
      about: { request, execution },
      say,
      log: log.child({ user, op, ...(request && { request }) }),
    };
  }

  async function acknowledge(kind: string, ack: Ack, context: StringIndexed, answer?: unknown): Promise<void> {
    const began = arrivalOf(context);
    await onRecord(context);
    await (answer === undefined ? ack() : ack(answer));
    onAck(kind, (performance.now() - began) / 1000);
  }

  return { run, unlessLogLost, ifAdmitted, ignore, parse, replyIgnored, callerOf, acknowledge };
}

export type InteractionRunner = ReturnType<typeof createInteractionRunner>;
