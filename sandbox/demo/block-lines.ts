import { isObject, type JsonObject, objects, text } from '../slack/json.ts';
import { columnsOf, type Look, padded, styled, wrap } from './ink.ts';
import { mrkdwnLines, plainLines, type Reader } from './mrkdwn.ts';

const GAP = 2;

/** Blocks as lines of at most `width` columns, in Slack's order and about Slack's shape. */
export function blockLines(blocks: readonly JsonObject[], reader: Reader, width: number): string[] {
  return blocks.flatMap((block, index) => {
    const lines = linesOf(block, reader, width);
    const apart = index > 0 && block.type !== 'context';
    return apart ? ['', ...lines] : lines;
  });
}

function linesOf(block: JsonObject, reader: Reader, width: number): string[] {
  switch (block.type) {
    case 'section':
      return [
        ...textLines(block.text, reader, width),
        ...fieldLines(objects(block.fields), reader, width),
        ...(isObject(block.accessory) ? [elementShown(block.accessory)] : []),
      ];
    case 'context':
      return objects(block.elements).flatMap((element) => textLines(element, reader, width, 'dim'));
    case 'header':
      return textLines(block.text, reader, width, 'bold');
    case 'actions':
      return wrap(objects(block.elements).map(elementShown).join('  '), width);
    case 'divider':
      return [styled('─'.repeat(width), 'dim')];
    case 'input':
      return inputLines(block, reader, width);
    default:
      return [styled(`(a block of type ${text(block.type)} that this terminal can’t show)`, 'bad')];
  }
}

/** A text object, wrapped. */
function textLines(shown: unknown, reader: Reader, width: number, ...looks: readonly Look[]): string[] {
  if (!isObject(shown)) return [];
  const words = text(shown.text);
  const lines = shown.type === 'mrkdwn' ? mrkdwnLines(words, reader, ...looks) : plainLines(words, ...looks);
  return lines.flatMap((line) => wrap(line, width));
}

/** Fields stand in two columns, a row as high as its higher one. */
function fieldLines(fields: readonly JsonObject[], reader: Reader, width: number): string[] {
  const column = Math.floor((width - GAP) / 2);
  const lines: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    if (index > 0) lines.push('');
    const [left = [], right = []] = [fields[index], fields[index + 1]].map((one) => textLines(one, reader, column));
    for (let row = 0; row < Math.max(left.length, right.length); row += 1) {
      lines.push(padded(left[row] ?? '', column + GAP) + (right[row] ?? ''));
    }
  }
  return lines;
}

function inputLines(block: JsonObject, reader: Reader, width: number): string[] {
  const element = isObject(block.element) ? block.element : {};
  const optional = block.optional === true ? styled(' (optional)', 'dim') : '';
  const label = textLines(block.label, reader, width, 'bold').map((line) => line + optional);
  const field =
    element.type === 'radio_buttons'
      ? objects(element.options)
          .map((option) => `( ) ${labelOf(option)}`)
          .join('    ')
      : styled(`[ ${labelOf({ text: element.placeholder }).padEnd(Math.min(60, width - 4))} ]`, 'dim');
  return [...label, field, ...textLines(block.hint, reader, width, 'dim')];
}

function elementShown(element: JsonObject): string {
  const looks: Record<string, Look> = { primary: 'good', danger: 'bad' };
  const look = looks[text(element.style)];
  return element.type === 'button'
    ? styled(`[ ${labelOf(element)} ]`, 'bold', ...(look ? [look] : []))
    : `[ ${labelOf({ text: element.placeholder })} ▾ ]`;
}

function labelOf(element: JsonObject): string {
  return isObject(element.text) ? text(element.text.text) : '';
}

/** A modal as a box without a right edge: title, content, buttons. */
export function modalLines(
  view: {
    title: JsonObject | null;
    submit: JsonObject | null;
    close: JsonObject | null;
    blocks: readonly JsonObject[];
  },
  reader: Reader,
  width: number,
): string[] {
  const title = text(view.title?.text);
  const buttons = `[ ${text(view.close?.text)} ]  ${styled(`[ ${text(view.submit?.text)} ]`, 'bold', 'good')}`;
  const inner = width - 2;
  const inside = [...blockLines(view.blocks, reader, inner), '', ' '.repeat(inner - columnsOf(buttons)) + buttons];
  return [
    styled('╭─ ', 'dim') +
      styled(title, 'bold') +
      styled(` ${'─'.repeat(Math.max(0, width - title.length - 4))}`, 'dim'),
    ...inside.map((line) => styled('│ ', 'dim') + line),
    styled(`╰${'─'.repeat(width - 1)}`, 'dim'),
  ];
}
