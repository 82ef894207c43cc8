import { isObject, objects } from '../json.ts';
import {
  among,
  anything,
  bool,
  both,
  byType,
  type Check,
  type Fields,
  int,
  list,
  matching,
  problem,
  shape,
  str,
} from './shape-check.ts';

// Source: the reference pages "Block elements" and "Composition objects" of docs.slack.dev/reference/block-kit.

/** A text object of plain text, of at most `max` characters. */
export const plain = (max: number): Check => byType({ plain_text: shape({ text: str(max) }, { emoji: bool }) });
/** A text object of plain text or mrkdwn, of at most `max` characters. */
export const words = (max: number): Check =>
  byType({
    plain_text: shape({ text: str(max) }, { emoji: bool }),
    mrkdwn: shape({ text: str(max) }, { verbatim: bool }),
  });

const confirm = shape(
  { title: plain(100), text: words(300), confirm: plain(30), deny: plain(30) },
  { style: among('primary', 'danger') },
);
const plainOption = shape({ text: plain(75), value: str(150) }, { description: plain(75), url: str(3000) });
const richOption = shape({ text: words(75), value: str(150) }, { description: words(75) });
const optionGroup = shape({ label: plain(75), options: list(plainOption, 100) });
const dispatch = shape({
  trigger_actions_on: list(among('on_enter_pressed', 'on_character_entered'), 2),
});
const filter = shape(
  {},
  {
    include: list(among('im', 'mpim', 'private', 'public'), 4),
    exclude_external_shared_channels: bool,
    exclude_bot_users: bool,
  },
);

const optional: Fields = { action_id: str(255), focus_on_load: bool, confirm, placeholder: plain(150) };
const { placeholder: _placeholder, ...picked } = optional;
const { confirm: _confirm, ...written } = optional;
const several: Fields = { ...optional, max_selected_items: int(1, 10_000) };

/** What is preselected must be among what is offered, else Slack refuses the whole view. */
const offered: Check = (value, at) => {
  if (!isObject(value)) return [];
  const all = [...objects(value.options), ...objects(value.option_groups).flatMap((group) => objects(group.options))];
  const known = new Set(all.map((option) => option.value));
  const first = isObject(value.initial_option) ? [value.initial_option] : objects(value.initial_options);
  return first.some((option) => !known.has(option.value)) ? problem(at, 'initial option must be one of options') : [];
};
const oneSource: Check = (value, at) => {
  const sources = isObject(value) ? [value.options, value.option_groups].filter((one) => one !== undefined).length : 1;
  return sources === 1 ? [] : problem(at, 'must have exactly one of options, option_groups');
};
const choices: Fields = { options: list(plainOption, 100), option_groups: list(optionGroup, 100) };

/** Elements in which something is picked. */
export const choiceElements: Record<string, Check> = {
  static_select: both(shape({}, { ...optional, ...choices, initial_option: plainOption }), offered, oneSource),
  multi_static_select: both(
    shape({}, { ...several, ...choices, initial_options: list(plainOption, 100) }),
    offered,
    oneSource,
  ),
  external_select: shape({}, { ...optional, initial_option: plainOption, min_query_length: int(0, 3000) }),
  multi_external_select: shape(
    {},
    { ...several, initial_options: list(plainOption, 100), min_query_length: int(0, 3000) },
  ),
  users_select: shape({}, { ...optional, initial_user: str(255) }),
  multi_users_select: shape({}, { ...several, initial_users: list(str(255), 100) }),
  conversations_select: shape(
    {},
    {
      ...optional,
      initial_conversation: str(255),
      default_to_current_conversation: bool,
      response_url_enabled: bool,
      filter,
    },
  ),
  multi_conversations_select: shape(
    {},
    { ...several, initial_conversations: list(str(255), 100), default_to_current_conversation: bool, filter },
  ),
  channels_select: shape({}, { ...optional, initial_channel: str(255), response_url_enabled: bool }),
  multi_channels_select: shape({}, { ...several, initial_channels: list(str(255), 100) }),
  checkboxes: both(
    shape({ options: list(richOption, 10) }, { ...picked, initial_options: list(richOption, 10) }),
    offered,
  ),
  radio_buttons: both(shape({ options: list(richOption, 10) }, { ...picked, initial_option: richOption }), offered),
  datepicker: shape({}, { ...optional, initial_date: matching(/^\d{4}-\d{2}-\d{2}$/, 'a date, YYYY-MM-DD') }),
  timepicker: shape({}, { ...optional, initial_time: matching(/^\d{2}:\d{2}$/, 'a time, HH:mm'), timezone: str(255) }),
  datetimepicker: shape({}, { ...picked, initial_date_time: int(1_000_000_000, 9_999_999_999) }),
};

/** Elements that act at once. */
export const pressElements: Record<string, Check> = {
  button: shape(
    { text: plain(75) },
    {
      action_id: str(255),
      value: str(2000),
      url: str(3000),
      style: among('primary', 'danger'),
      confirm,
      accessibility_label: str(75),
    },
  ),
  overflow: shape({ options: list(plainOption, 5) }, { action_id: str(255), confirm }),
};

const lengths: Fields = { min_length: int(0, 3000), max_length: int(1, 3000) };
/** Elements in which something is typed or uploaded: only in an input block. */
export const writtenElements: Record<string, Check> = {
  plain_text_input: shape(
    {},
    { ...written, ...lengths, initial_value: str(3000, 0), multiline: bool, dispatch_action_config: dispatch },
  ),
  number_input: shape(
    { is_decimal_allowed: bool },
    { ...written, initial_value: str(255), min_value: str(255), max_value: str(255), dispatch_action_config: dispatch },
  ),
  email_text_input: shape({}, { ...written, initial_value: str(255), dispatch_action_config: dispatch }),
  url_text_input: shape({}, { ...written, initial_value: str(3000), dispatch_action_config: dispatch }),
  rich_text_input: shape({}, { ...written, initial_value: anything, dispatch_action_config: dispatch }),
  file_input: shape({}, { action_id: str(255), filetypes: list(str(255), 100), max_files: int(1, 10) }),
};

/** An image comes from one place. */
export const imageSource: Check = (value, at) =>
  isObject(value) && [value.image_url, value.slack_file].filter((one) => one !== undefined).length !== 1
    ? problem(at, 'must have exactly one of image_url, slack_file')
    : [];
export const imageElement = both(
  shape({ alt_text: str(2000) }, { image_url: str(3000), slack_file: shape({}, { id: str(255), url: str(3000) }) }),
  imageSource,
);
