import type { ModalView } from '@slack/types';
import type { Log } from '../log.ts';
import type { ApplyDeps } from '../workflow/apply-throttle.ts';
import type { AuditReader } from '../workflow/audit-ports.ts';
import type { CountDeps } from '../workflow/count-use.ts';
import type { HomeTabs } from '../workflow/home.ts';
import type { RunningDeps } from '../workflow/list-running.ts';
import type { Cards } from '../workflow/ports.ts';
import type { RequestThrottleDeps } from '../workflow/request-throttle.ts';
import type { SlackClients } from './clients.ts';
import type { LookUps } from './look-ups.ts';
import type { Notifier } from './notifier.ts';
import type { Seals } from './sealed.ts';
import type { MessageView } from './views/text.ts';

/** Who the bot is in its workspace. */
export interface Identity {
  team: string;
  /** The organisation of an Enterprise Grid that the workspace is in; null = none. */
  enterprise: string | null;
  botUser: string;
  botId: string;
  appId: string;
}

/** All that an interaction may use. */
export interface Bot extends RequestThrottleDeps, ApplyDeps, RunningDeps {
  clients: SlackClients;
  cards: Cards;
  seals: Seals;
  notifier: Notifier;
  identity: Identity;
  homeTabs: HomeTabs;
  log: Log;
  audit: AuditReader;
  uses: CountDeps['uses'];
  lookUps: LookUps;
  /** Work that goes on after an interaction was answered; an orderly stop waits for it. */
  background(work: Promise<unknown>): void;
}

/** Who does something, and how to answer them privately. */
export interface Caller {
  user: string;
  /** A key of this very interaction: a repeat has the same. */
  op: string;
  triggerId: string | null;
  channel: string | null;
  /** What it is about, where that is known before anything is looked up. */
  about: { request: string | null; execution: string | null };
  /** Answers this person alone. */
  say(message: MessageView | string): Promise<void>;
  log: Log;
}

/** A click: what the button carries, and the message that it stands in, if it does. */
export interface Click {
  value: string;
  message: { channel: string; ts: string } | null;
  view: View | null;
  /** Puts something in the place of the message; null where Slack gave no way to. */
  replace: ((message: MessageView) => Promise<void>) | null;
}

/** A modal as it comes back, with what was typed. */
export interface View {
  id: string;
  hash: string;
  metadata: string;
  /** By block id and action id; what was left empty is absent. */
  values: ReadonlyMap<string, string>;
}

/** What a submit is answered with: at once, or, where that took too long, in the modal later. */
export interface SubmitAnswer {
  now:
    | { response_action: 'clear' }
    | { response_action: 'update'; view: ModalView }
    | FieldErrors
    /** Nothing came of it, and it can be sent again: the form stays as it is, with `later.text` on top. */
    | { response_action: 'keep' };
  /** Where the modal was closed by then, the person is told the text by itself. */
  later: { view: ModalView; text: string };
}

interface FieldErrors {
  response_action: 'errors';
  errors: Record<string, string>;
}

/** What a button carries, sealed. */
interface RequestSeal {
  k: 'request';
  r: string;
}

/** What a modal carries, sealed: where it was opened, for whom, and about which request. */
export interface ModalSeal {
  k: 'modal';
  u: string;
  c: string;
  r: string | null;
}

export function sealRequest({ seals }: Pick<Bot, 'seals'>, r: string): string {
  return seals.seal({ k: 'request', r } satisfies RequestSeal);
}

/** The request id that a button was made for; null for a button that this bot did not make. */
export function openRequestSeal({ seals }: Pick<Bot, 'seals'>, sealed: string): string | null {
  const value = seals.open(sealed) as RequestSeal | null;
  return value?.k === 'request' ? value.r : null;
}

export function sealExecution({ seals }: Pick<Bot, 'seals'>, arn: string): string {
  return seals.seal({ k: 'execution', a: arn });
}

/** The ARN that a button was made for; null for a button that this bot did not make. */
export function openExecutionSeal({ seals }: Pick<Bot, 'seals'>, sealed: string): string | null {
  const value = seals.open(sealed) as { k?: unknown; a?: unknown } | null;
  return value?.k === 'execution' && typeof value.a === 'string' ? value.a : null;
}

export function sealPage({ seals }: Pick<Bot, 'seals'>, from: number): string {
  return seals.seal({ k: 'list', f: from });
}

/** Where the page of the list begins that a button leads to; null for a button that this bot did not make. */
export function openPageSeal({ seals }: Pick<Bot, 'seals'>, sealed: string): number | null {
  const value = seals.open(sealed) as { k?: unknown; f?: unknown } | null;
  return value?.k === 'list' && typeof value.f === 'number' ? value.f : null;
}

export function sealModal({ seals }: Pick<Bot, 'seals'>, value: Omit<ModalSeal, 'k'>): string {
  return seals.seal({ k: 'modal', ...value } satisfies ModalSeal);
}

/** Null for metadata that this bot did not make, or made for somebody else. */
export function openModalSeal({ seals }: Pick<Bot, 'seals'>, sealed: string, user: string): ModalSeal | null {
  const value = seals.open(sealed) as ModalSeal | null;
  return value?.k === 'modal' && value.u === user ? value : null;
}
