import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EVENT_DETAILS, EVENTS } from '../../../src/domain/audit/audit-event.ts';
import { timestamp } from '../../../src/domain/audit/timestamp.ts';

const DOC = readFileSync(new URL('../../../docs/audit-events.md', import.meta.url), 'utf8');
const PARTS = DOC.split(/^### `([a-z.]+)`$/m).slice(1);
const SECTIONS = new Map(
  PARTS.flatMap((part, place) => (place % 2 === 0 ? [[part, PARTS[place + 1]?.split(/^## /m)[0] ?? ''] as const] : [])),
);

/** A row of a table: field, type, required. */
type Row = [string, string, string];

function rowsOf(section: string): Row[] {
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => {
    const [, field = '', type = '', required = '', meaning = ''] = row.split('|').map((cell) => cell.trim());
    expect(meaning, field).not.toBe('');
    return [field.replaceAll('`', ''), type, required];
  });
}

/** The same of a schema, with the fields of the objects in it. */
function rowsBy(schema: z.core.$ZodType, prefix = ''): Row[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const optional = field instanceof z.ZodExactOptional;
    const value = optional ? field.unwrap() : field;
    const nullable = value instanceof z.ZodNullable;
    const inner = nullable ? value.unwrap() : value;
    const row: Row = [`${prefix}${name}`, `${typeOf(inner)}${nullable ? ' or null' : ''}`, optional ? 'no' : 'yes'];
    return [row, ...rowsBy(inner, `${prefix}${name}.`)];
  });
}

function typeOf(schema: z.core.$ZodType): string {
  if (schema === timestamp) return 'time';
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => `\`${option}\``).join(', ');
  if (schema instanceof z.ZodLiteral) return [...schema.values].map((value) => `\`${value}\``).join(', ');
  if (schema instanceof z.ZodArray) return `list of ${typeOf(schema.element)}`;
  if (schema instanceof z.ZodUnion) return schema.options.map(typeOf).join(' or ');
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return 'object';
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodString) return 'text';
  throw new Error(`no words for ${schema._zod.def.type}`);
}

describe('docs/audit-events.md', () => {
  it('has every event once, in the order of the code', () => {
    expect([...SECTIONS.keys()]).toEqual(EVENTS);
    expect(PARTS.length).toBe(2 * EVENTS.length);
  });

  it.each(EVENTS)('says what it means, and has each field as in the schema: %s', (event) => {
    const section = SECTIONS.get(event) ?? '';
    expect(section.trim().split('\n')[0]).toMatch(/^[A-Z].*\.$/);
    expect(rowsOf(section)).toEqual(rowsBy(EVENT_DETAILS[event]));
  });
});
