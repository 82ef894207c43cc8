import { isObject, type JsonObject, objects } from '../json.ts';
import {
  choiceElements,
  imageElement,
  imageSource,
  plain,
  pressElements,
  words,
  writtenElements,
} from './element-limits.ts';
import {
  anything,
  type BlockProblem,
  bool,
  both,
  byType,
  type Check,
  type Fields,
  list,
  problem,
  shape,
  str,
} from './shape-check.ts';

/** Where the blocks are shown; what is allowed differs. */
export type Surface = 'message' | 'modal' | 'home';

const hasWords: Check = (value, at) =>
  isObject(value) && value.text === undefined && value.fields === undefined
    ? problem(at, 'missing required field: text or fields')
    : [];
const { datetimepicker: _datetime, ...accessories } = choiceElements;
const id: Fields = { block_id: str(255) };

const input = shape(
  { label: plain(2000), element: byType({ ...choiceElements, ...writtenElements }) },
  { ...id, hint: plain(2000), optional: bool, dispatch_action: bool },
);

const shared: Record<string, Check> = {
  section: both(
    shape(
      {},
      {
        ...id,
        text: words(3000),
        fields: list(words(2000), 10),
        expand: bool,
        accessory: byType({ ...accessories, ...pressElements, image: imageElement }),
      },
    ),
    hasWords,
  ),
  header: shape({ text: plain(150) }, id),
  divider: shape({}, id),
  context: shape({ elements: list(byType({ ...contextTexts(), image: imageElement }), 10) }, id),
  actions: shape({ elements: list(byType({ ...choiceElements, ...pressElements }), 25) }, id),
  image: both(
    shape(
      { alt_text: str(2000) },
      { ...id, title: plain(2000), image_url: str(3000), slack_file: shape({}, { id: str(255), url: str(3000) }) },
    ),
    imageSource,
  ),
  rich_text: shape({ elements: list(anything, 100) }, id),
};

function contextTexts(): Record<string, Check> {
  return {
    plain_text: shape({ text: str(2000) }, { emoji: bool }),
    mrkdwn: shape({ text: str(2000) }, { verbatim: bool }),
  };
}

const perSurface: Record<Surface, { readonly most: number; readonly kinds: Record<string, Check> }> = {
  message: {
    most: 50,
    kinds: {
      ...shared,
      markdown: shape({ text: str(12_000) }, id),
      table: shape({ rows: list(list(anything, 20), 100) }, { ...id, column_settings: list(anything, 20) }),
    },
  },
  modal: { most: 100, kinds: { ...shared, input } },
  home: { most: 100, kinds: { ...shared, input } },
};

/** block_id once in the whole, action_id once in its block, the focus on one element at most. */
function checkUnique(blocks: readonly JsonObject[], at: string): BlockProblem[] {
  const found: BlockProblem[] = [];
  const seen = new Set<unknown>();
  let focused = 0;
  for (const [index, block] of blocks.entries()) {
    if (block.block_id !== undefined && seen.has(block.block_id)) {
      found.push({ at: `${at}/${index}/block_id`, message: `block_id already exists: ${String(block.block_id)}` });
    }
    seen.add(block.block_id);
    const actions = new Set<unknown>();
    for (const element of [...objects(block.elements), ...objects([block.accessory, block.element])]) {
      if (element.action_id !== undefined && actions.has(element.action_id)) {
        const message = `action_id already exists: ${String(element.action_id)}`;
        found.push({ at: `${at}/${index}`, message });
      }
      actions.add(element.action_id);
      if (element.focus_on_load === true) focused += 1;
    }
  }
  return focused > 1 ? [...found, { at, message: 'only one element may have focus_on_load' }] : found;
}

/**
 * Checks blocks as Slack does before it shows them.
 * Source: the reference page "Blocks" of docs.slack.dev/reference/block-kit.
 */
export function checkBlocks(blocks: unknown, surface: Surface, at = '/blocks'): BlockProblem[] {
  const { most, kinds } = perSurface[surface];
  return [...list(byType(kinds), most, 0)(blocks, at), ...checkUnique(objects(blocks), at)];
}

const viewFields: Fields = {
  private_metadata: str(3000, 0),
  callback_id: str(255, 0),
  external_id: str(255, 0),
  blocks: anything,
};
const modal = shape(
  { title: plain(24), blocks: anything },
  {
    ...viewFields,
    submit: plain(24),
    close: plain(24),
    clear_on_close: bool,
    notify_on_close: bool,
    submit_disabled: bool,
  },
);
const home = shape({ blocks: anything }, viewFields);

/** Checks a modal or a home view as views.open, push, update and publish do. Pointers begin with `/view`. */
export function checkView(view: unknown): BlockProblem[] {
  const found = byType({ modal, home })(view, '/view');
  if (!isObject(view) || (view.type !== 'modal' && view.type !== 'home')) return found;
  if (view.blocks !== undefined) found.push(...checkBlocks(view.blocks, view.type, '/view/blocks'));
  if (view.type === 'modal' && view.submit === undefined && objects(view.blocks).some((one) => one.type === 'input')) {
    found.push({ at: '/view', message: 'missing required field: submit' });
  }
  return found;
}
