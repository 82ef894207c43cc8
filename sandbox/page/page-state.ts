/**
 * What the page shows and what it can do, as JSON over the wire. It stands alone, without Node and without the DOM:
 * the server (`start-page.ts`) and the browser (`client/`) are both compiled against it.
 */

/** An object of Block Kit: its fields are looked at before they are relied on. */
export type Json = Readonly<Record<string, unknown>>;

/** Somebody whose seat one can take. */
export interface Seat {
  id: string;
  name: string;
  role: 'operator' | 'lead' | 'auditor' | 'guest';
}

export interface ShownChannel {
  id: string;
  name: string;
  kind: 'channel' | 'direct';
}

/** A message as one person sees it. `ephemeral`: nobody else does. */
export interface ShownMessage {
  channel: string;
  ts: string;
  /** When it came, ms, never twice the same: what the order goes by. */
  at: number;
  threadTs: string | null;
  /** Shown in the channel too, though it is a reply. */
  broadcast: boolean;
  ephemeral: boolean;
  edited: boolean;
  text: string;
  blocks: readonly Json[];
  files: readonly ShownFile[];
}

interface ShownFile {
  id: string;
  name: string;
  bytes: number;
}

/** What Slack itself tells a person because the bot was late, away or wrong. Epoch milliseconds. */
export interface ShownFailure {
  at: number;
  what: string;
  error: string;
}

/** A modal or a home tab. `values` are those of Slack's `view.state`: block_id → action_id → value. */
export interface ShownView {
  id: string;
  rootId: string;
  title: string;
  submit: string | null;
  close: string | null;
  blocks: readonly Json[];
  values: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** The app as its manifest introduces it to Slack. `words`: what its command's hint offers. */
export interface AppFace {
  name: string;
  command: string;
  description: string;
  words: readonly string[];
}

/** The workspace through the eyes of one person. */
export interface SlackState {
  me: string;
  seats: readonly Seat[];
  team: { name: string; domain: string };
  app: AppFace;
  /** Id → name: people, groups and channels, for mentions. */
  names: Readonly<Record<string, string>>;
  channels: readonly ShownChannel[];
  messages: readonly ShownMessage[];
  failures: readonly ShownFailure[];
  /** The open modals, top last. */
  modals: readonly ShownView[];
  home: ShownView | null;
}

/** A point of a bandwidth curve: from here on so many bytes per second flow, under this limit (-1: none). */
export interface CurvePoint {
  at: number;
  bytes: number;
  limit: number;
  rate: number;
}

export interface ShownExecution {
  arn: string;
  id: string;
  taskName: string;
  mode: string;
  status: string;
  /** As AWS tells it, and as it bites. Bytes per second, -1 unlimited. */
  limit: number;
  limitInForce: number;
  rate: number;
  bytes: number;
  transferred: number;
  ended: boolean;
  curve: readonly CurvePoint[];
}

/** A wire that the executions of some tasks share. */
export interface ShownLink {
  name: string;
  /** Bytes per second. */
  capacity: number;
  /** The ARNs of its tasks. */
  tasks: readonly string[];
}

/** One call that the bot made. */
export interface ShownCall {
  /** Where it stands in the log, from 0. */
  index: number;
  at: number;
  name: string;
  /** What it was about, in a few words. */
  about: string;
  ok: boolean;
  outcome: string;
}

export type AwsTrouble = 'throttle' | 'hang';

export interface GuideStep {
  id: 'ask' | 'switch' | 'review' | 'bend' | 'audit';
  done: boolean;
}

/** The other side: what the bot talks to. */
export interface OtherSide {
  /** The server's clock, epoch milliseconds. */
  now: number;
  executions: readonly ShownExecution[];
  links: readonly ShownLink[];
  trouble: { kind: AwsTrouble; until: number } | null;
  redis: 'running' | 'stopped' | 'changing' | 'not ours';
  guide: readonly GuideStep[];
}

/** What the bot called, newest first. */
export interface CallLog {
  aws: readonly ShownCall[];
  slack: readonly ShownCall[];
}

/** What is told to a page that is open: the name of each event, and what it carries. */
export interface Told {
  slack: SlackState;
  other: OtherSide;
  calls: CallLog;
}

/** Where an element stands: in a message or in an open view. */
export type Place = { view: string } | { channel: string; ts: string };

/** What a person does. A value is in the form that Slack gives it in `view.state`. */
export type Act =
  | { do: 'command'; channel: string; typed: string }
  | { do: 'click'; place: Place; block: string; action: string; value?: Json; form: ShownView['values'] }
  | { do: 'suggest'; place: Place; action: string; query: string }
  | { do: 'submit'; view: string; form: ShownView['values'] }
  | { do: 'close'; view: string }
  | { do: 'open-home' };

/** What came of it. `failure` is Slack's name for what went wrong between it and the bot. */
export interface ActAnswer {
  failure: string | null;
  /** block_id → what is wrong with it. */
  errors: Readonly<Record<string, string>> | null;
  /** What a search found. */
  options: readonly Json[] | null;
}

export type Control =
  | { do: 'start' }
  | { do: 'queue' }
  | { do: 'finish'; arn: string }
  | { do: 'aws'; kind: AwsTrouble }
  | { do: 'redis'; run: boolean };
