import type { KnownBlock } from '@slack/types';
import { z } from 'zod';

/**
 * The parts of Slack's payloads that the bot uses; everything else is ignored. Shapes as in
 * https://docs.slack.dev/reference/interaction-payloads and
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
const user = z.object({ id: z.string() });
const team = z.object({ id: z.string() }).nullish();
/** In an Enterprise Grid: the organisation that the person acts in. */
const enterprise = team;
const typed = z.object({
  value: z.string().nullish(),
  selected_user: z.string().nullish(),
  selected_conversation: z.string().nullish(),
  selected_date: z.string().nullish(),
  selected_option: z.object({ value: z.string(), text: z.object({ text: z.string() }).optional() }).nullish(),
});

const words = z.object({ text: z.string() }).nullish();
/** One of our own blocks, as we sent it; Slack adds ids and defaults. */
const block = z.custom<KnownBlock>((sent) => typeof sent === 'object' && sent !== null && 'type' in sent);

const view = z.object({
  id: z.string(),
  hash: z.string(),
  callback_id: z.string(),
  private_metadata: z.string(),
  app_id: z.string(),
  team_id: z.string(),
  /** The workspace in which the app that owns the view is installed. */
  app_installed_team_id: z.string().nullish(),
  state: z.object({ values: z.record(z.string(), z.record(z.string(), typed)) }).optional(),
  title: words,
  submit: words,
  close: words,
  blocks: z.array(block).optional(),
});

export const commandPayload = z.object({
  command: z.string(),
  text: z.string().default(''),
  user_id: z.string(),
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  api_app_id: z.string(),
  channel_id: z.string(),
  trigger_id: z.string(),
  response_url: z.string(),
});

const action = z.object({
  action_id: z.string(),
  value: z.string().optional(),
  selected_option: z.object({ value: z.string() }).nullish(),
});

export const actionPayload = z.object({
  type: z.literal('block_actions'),
  user,
  team,
  enterprise,
  api_app_id: z.string(),
  trigger_id: z.string(),
  response_url: z.string().optional(),
  channel: z.object({ id: z.string() }).optional(),
  message: z.object({ ts: z.string() }).optional(),
  view: view.optional(),
  // A click has exactly one action.
  actions: z.tuple([action], action),
});

export const submitPayload = z.object({
  type: z.literal('view_submission'),
  user,
  team,
  enterprise,
  api_app_id: z.string(),
  trigger_id: z.string().optional(),
  view,
});

export const suggestionPayload = z.object({
  type: z.literal('block_suggestion'),
  user,
  team,
  enterprise,
  api_app_id: z.string(),
  action_id: z.string(),
  value: z.string(),
  view: view.optional(),
});

export const homePayload = z.object({
  api_app_id: z.string(),
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  event: z.object({ type: z.literal('app_home_opened'), user: z.string(), tab: z.string() }),
});

/** The person to answer, from a payload that can't be parsed as a whole. */
export const answerablePayload = z.object({ user, response_url: z.string().optional() });

export type TypedValue = z.infer<typeof typed>;
export type ViewPayload = z.infer<typeof view>;
