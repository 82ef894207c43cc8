import { isObject, type JsonObject, objects, text } from '../slack/json.ts';
import { type Line, type Look, lineColumns, padded, span, wrap } from './ink.ts';
import { mrkdwnLines, plainLines, type Reader } from './mrkdwn.ts';

const GAP = 2;

/** Blocks as lines of at most `width` columns, in Slack's order and about Slack's shape. */
export function blockLines(blocks: readonly JsonObject[], reader: Reader, width: number): Line[] {
  return blocks.flatMap((block, index) => {
    const lines = linesOf(block, reader, width);
    const apart = index > 0 && block.type !== 'context';
    return apart ? [[], ...lines] : lines;
  });
}

function linesOf(block: JsonObject, reader: Reader, width: number): Line[] {
  switch (block.type) {
    case 'section':
      return [
        ...textLines(block.text, reader, width),
        ...fieldLines(objects(block.fields), reader, width),
        ...(isObject(block.accessory) ? [[elementSpan(block.accessory)]] : []),
      ];
    case 'context':
      return objects(block.elements).flatMap((element) => looking('dim', textLines(element, reader, width)));
    case 'header':
      return looking('bold', textLines(block.text, reader, width));
    case 'actions':
      return wrap(
        objects(block.elements).flatMap((element) => [elementSpan(element), span('  ')]),
        width,
      );
    case 'divider':
      return [[span('─'.repeat(width), 'dim')]];
    case 'input':
      return inputLines(block, reader, width);
    default:
      return [[span(`(a block of type ${text(block.type)} that this terminal can’t show)`, 'bad')]];
  }
}

/** A text object, wrapped. */
function textLines(shown: unknown, reader: Reader, width: number): Line[] {
  if (!isObject(shown)) return [];
  const words = text(shown.text);
  const lines = shown.type === 'mrkdwn' ? mrkdwnLines(words, reader) : plainLines(words);
  return lines.flatMap((line) => wrap(line, width));
}

/** Fields stand in two columns, a row as high as its higher one. */
function fieldLines(fields: readonly JsonObject[], reader: Reader, width: number): Line[] {
  const column = Math.floor((width - GAP) / 2);
  const lines: Line[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    if (index > 0) lines.push([]);
    const [left = [], right = []] = [fields[index], fields[index + 1]].map((one) => textLines(one, reader, column));
    for (let row = 0; row < Math.max(left.length, right.length); row += 1) {
      lines.push([...padded(left[row] ?? [], column + GAP), ...(right[row] ?? [])]);
    }
  }
  return lines;
}

function inputLines(block: JsonObject, reader: Reader, width: number): Line[] {
  const element = isObject(block.element) ? block.element : {};
  const optional = block.optional === true ? [span(' (optional)', 'dim')] : [];
  const label = textLines(block.label, reader, width).map((line) => [...looked('bold', line), ...optional]);
  const field: Line =
    element.type === 'radio_buttons'
      ? objects(element.options).flatMap((option) => [span(`( ) ${labelOf(option)}`), span('    ')])
      : [span(`[ ${labelOf({ text: element.placeholder }).padEnd(Math.min(60, width - 4))} ]`, 'dim')];
  return [...label, field, ...looking('dim', textLines(block.hint, reader, width))];
}

function elementSpan(element: JsonObject) {
  const looks: Record<string, Look> = { primary: 'good', danger: 'bad' };
  const look = looks[text(element.style)];
  return element.type === 'button'
    ? span(`[ ${labelOf(element)} ]`, 'bold', ...(look ? [look] : []))
    : span(`[ ${labelOf({ text: element.placeholder })} ▾ ]`);
}

function labelOf(element: JsonObject): string {
  return isObject(element.text) ? text(element.text.text) : '';
}

function looking(look: Look, lines: readonly Line[]): Line[] {
  return lines.map((line) => looked(look, line));
}

function looked(look: Look, line: Line): Line {
  return line.map((one) => ({ ...one, looks: [...one.looks, look] }));
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
): Line[] {
  const title = text(view.title?.text);
  const buttons: Line = [
    span(`[ ${text(view.close?.text)} ]`),
    span('  '),
    span(`[ ${text(view.submit?.text)} ]`, 'bold', 'good'),
  ];
  const inner = width - 2;
  const inside = [
    ...blockLines(view.blocks, reader, inner),
    [],
    [span(' '.repeat(inner - lineColumns(buttons))), ...buttons],
  ];
  return [
    [span('╭─ ', 'dim'), span(title, 'bold'), span(` ${'─'.repeat(Math.max(0, width - title.length - 4))}`, 'dim')],
    ...inside.map((line) => [span('│ ', 'dim'), ...line]),
    [span(`╰${'─'.repeat(width - 1)}`, 'dim')],
  ];
}
