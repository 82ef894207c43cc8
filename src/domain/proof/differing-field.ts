import { z } from 'zod';

/**
 * The name of a field in which two values of a schema differ, as a path; null where they agree. Fields that the schema
 * does not know are ignored, and an absent one counts as null, since states of older versions lack some.
 */
export function differingField(schema: z.core.$ZodType, one: unknown, other: unknown): string | null {
  return firstDifference(known(schema, one), known(schema, other), '');
}

/** The value with the fields that its schema knows. */
function known(schema: z.core.$ZodType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodExactOptional) {
    return known(schema.unwrap(), value);
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) return value.map((one) => known(schema.element, one));
  if (schema instanceof z.ZodObject && typeof value === 'object') {
    const fields = value as Record<string, unknown>;
    return Object.fromEntries(Object.entries(schema.shape).map(([name, of]) => [name, known(of, fields[name])]));
  }
  return value;
}

function firstDifference(one: unknown, other: unknown, path: string): string | null {
  if (Object.is(one, other)) return null;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return path;
  if (Array.isArray(one) !== Array.isArray(other)) return path;
  const [fields, others] = [one as Record<string, unknown>, other as Record<string, unknown>];
  for (const name of new Set([...Object.keys(fields), ...Object.keys(others)])) {
    const found = firstDifference(fields[name], others[name], path === '' ? name : `${path}.${name}`);
    if (found !== null) return found;
  }
  return null;
}
