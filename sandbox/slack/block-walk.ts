import { isObject, type JsonObject, objects, text } from './json.ts';

/** An element that a person can use, with the block that it stands in. */
export interface PlacedElement {
  readonly blockId: string;
  readonly actionId: string;
  readonly element: JsonObject;
  readonly block: JsonObject;
}

/** Gives every block and element that has none an id, as Slack does when it stores them. */
export function withIds(blocks: readonly JsonObject[], nextId: () => string): JsonObject[] {
  const named = (element: unknown): unknown =>
    isObject(element) && usable(element) ? { ...element, action_id: element.action_id ?? nextId() } : element;
  return blocks.map((block) => ({
    ...block,
    block_id: block.block_id ?? nextId(),
    ...(block.type === 'actions' ? { elements: objects(block.elements).map(named) } : {}),
    ...(block.accessory === undefined ? {} : { accessory: named(block.accessory) }),
    ...(block.element === undefined ? {} : { element: named(block.element) }),
  }));
}

const unusable = new Set(['image', 'mrkdwn', 'plain_text']);
function usable(element: JsonObject): boolean {
  return !unusable.has(text(element.type));
}

/** Every usable element of some blocks, in the order shown. */
export function elementsOf(blocks: readonly JsonObject[]): PlacedElement[] {
  return blocks.flatMap((block) =>
    [...(block.type === 'actions' ? objects(block.elements) : []), ...objects([block.accessory, block.element])]
      .filter(usable)
      .map((element) => ({ blockId: text(block.block_id), actionId: text(element.action_id), element, block })),
  );
}

/** What is there to read: every text of blocks, titles and labels, one a line. For assertions and transcripts. */
export function visibleText(shown: {
  readonly text?: string;
  readonly blocks?: readonly JsonObject[];
  readonly title?: unknown;
}): string {
  const lines: string[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) collect(one);
    else if (isObject(value)) {
      if (typeof value.text === 'string') lines.push(value.text);
      for (const [name, field] of Object.entries(value)) {
        if (name === 'initial_value' && typeof field === 'string') lines.push(field);
        else if (typeof field === 'object') collect(field);
      }
    }
  };
  collect(shown.title);
  collect(shown.blocks);
  return lines.length === 0 ? (shown.text ?? '') : lines.join('\n');
}

const mention = /<(?:@([UW][A-Z0-9]+)|!subteam\^(S[A-Z0-9]+)|!(channel|here|everyone))(?:\|[^>]*)?>/g;

/**
 * Whom a message calls: user ids, group ids, and `channel`, `here`, `everyone`. Texts of type plain_text call nobody.
 * The notification text counts as well as the blocks: Slack takes mentions from either.
 */
export function mentionsOf(shown: { readonly text?: string; readonly blocks?: readonly JsonObject[] }): string[] {
  const texts = [shown.text ?? ''];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) collect(one);
    else if (isObject(value) && value.type !== 'plain_text') {
      if ((value.type === 'mrkdwn' || value.type === 'markdown') && typeof value.text === 'string')
        texts.push(value.text);
      if (value.type === 'user') texts.push(`<@${text(value.user_id)}>`);
      if (value.type === 'usergroup') texts.push(`<!subteam^${text(value.usergroup_id)}>`);
      if (value.type === 'broadcast') texts.push(`<!${text(value.range)}>`);
      for (const field of Object.values(value)) collect(field);
    }
  };
  collect(shown.blocks);
  const found = texts.flatMap((one) =>
    [...one.matchAll(mention)].map(([, user, group, all]) => user ?? group ?? all ?? ''),
  );
  return [...new Set(found)];
}
